package io.ikigai.platform.mailbox;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a method of a Spring bean receive the messages of a mailbox, one after another.
 * Parameters are as those of {@code @IkigaiTaskListener}, with {@link MailboxMessage} in
 * place of the task; a return value is sent as the reply. An exception is a failed
 * attempt: the message comes again after a pause and before any later one, until its
 * attempts are used up and it is given up with its error. What is empty comes from
 * {@code ikigai.mailboxes.*}. Every attribute takes {@code ${…}} and {@code #{…}}. Usable
 * as a meta-annotation and repeatable; a mailbox has one listener in an application.
 */
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Repeatable(MailboxListener.Container.class)
public @interface MailboxListener {

	/**
	 * The mailbox, the same as {@link #mailbox()}.
	 * @return the mailbox's name
	 */
	String value() default "";

	/**
	 * The mailbox.
	 * @return the mailbox's name
	 */
	String mailbox() default "";

	/**
	 * The listener's id, unique in the application.
	 * @return the id; by default bean name, method and mailbox
	 */
	String id() default "";

	/**
	 * Attempts in all.
	 * @return a number
	 */
	String maxAttempts() default "";

	/**
	 * The pause after the first failed attempt.
	 * @return a duration
	 */
	String delay() default "";

	/**
	 * The factor from one pause to the next.
	 * @return a number
	 */
	String multiplier() default "";

	/**
	 * The longest pause.
	 * @return a duration
	 */
	String maxDelay() default "";

	/**
	 * The largest random change of a pause, in either direction.
	 * @return a duration
	 */
	String jitter() default "";

	/**
	 * The name of a {@link MailboxErrorHandler} that is asked when the handler throws.
	 * @return the bean's name
	 */
	String errorHandler() default "";

	/**
	 * Whether to start with the application.
	 * @return {@code true} or {@code false}; by default {@code true}
	 */
	String autoStartup() default "";

	/**
	 * The name of the bean that makes the container.
	 * @return the bean's name
	 */
	String containerFactory() default "";

	/**
	 * Holds several {@link MailboxListener} annotations of one method.
	 */
	@Target({ ElementType.METHOD, ElementType.TYPE })
	@Retention(RetentionPolicy.RUNTIME)
	@Documented
	@interface Container {

		/**
		 * The annotations.
		 * @return the annotations
		 */
		MailboxListener[] value();

	}

}
