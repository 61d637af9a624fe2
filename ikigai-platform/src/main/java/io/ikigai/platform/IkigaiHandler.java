package io.ikigai.platform;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the methods of a class that is itself a listener, by
 * {@link io.ikigai.platform.queue.IkigaiTaskListener} or
 * {@link io.ikigai.platform.mailbox.MailboxListener} on the class. The header
 * {@value #TYPE_HEADER} of a task or a message says which method handles it; the data
 * never names a class. What no method is for, when there is none for all others either,
 * is given up with the reason.
 */
@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface IkigaiHandler {

	/** The header whose value chooses the method. */
	String TYPE_HEADER = "type";

	/**
	 * What the method handles.
	 * @return values of the header {@value #TYPE_HEADER}, compared as they are; by
	 * default everything that no other method of the class handles
	 */
	String[] value() default {};

}
