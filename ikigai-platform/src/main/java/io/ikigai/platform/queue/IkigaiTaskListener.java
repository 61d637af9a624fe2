package io.ikigai.platform.queue;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a method of a Spring bean handle the tasks of a queue. Its parameters may be the
 * payload (the one parameter without another meaning, or that with {@code @Payload};
 * {@code @Valid} validates it), the {@link Task}, headers by {@code @Header} and
 * {@code @Headers} (those of the task, and {@code id}, {@code queue}, {@code priority},
 * {@code attempt}, {@code createdAt} and {@code scheduledFor}, which win over headers of
 * the same name), or a spring-messaging {@code Message}. A {@code String} payload is the
 * text of a JSON string, and the JSON itself of any other value. A handler runs at least
 * once per task; its return value becomes the task's result.
 * <p>
 * An exception is a failed attempt: the task goes back to the queue and is tried again
 * after a growing pause, until its attempts are used up and it is
 * {@link TaskState#FAILED}. A payload that does not fit or is not valid fails at once, as
 * does any {@link io.ikigai.platform.PayloadException} that the handler throws. A
 * transactional handler whose transaction lost against a concurrent one (a serialization
 * failure or a deadlock) is run again a few times before that counts as a failed attempt.
 * <p>
 * Every attribute takes {@code ${…}} and {@code #{…}}; durations are written {@code 30s},
 * {@code 5m} or {@code PT5M}, a bare number is milliseconds. What is left empty comes
 * from {@code ikigai.queues.*}. Usable as a meta-annotation and repeatable.
 */
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Repeatable(IkigaiTaskListener.Container.class)
public @interface IkigaiTaskListener {

	/**
	 * The queue, the same as {@link #queue()}.
	 * @return the queue's name
	 */
	String value() default "";

	/**
	 * The queue.
	 * @return the queue's name
	 */
	String queue() default "";

	/**
	 * The listener's id, unique in the application.
	 * @return the id; by default bean name, method and queue
	 */
	String id() default "";

	/**
	 * How many tasks are handled at the same time: {@code "4"}, or {@code "2-16"} for two
	 * threads kept and up to sixteen under load.
	 * @return the concurrency; by default {@code ikigai.queues.concurrency} (1)
	 */
	String concurrency() default "";

	/**
	 * How tasks are claimed.
	 * @return the mode
	 */
	ClaimMode claim() default ClaimMode.LEASE;

	/**
	 * How long a claim lasts without an extension; it is extended while the handler runs.
	 * @return a duration; by default {@code ikigai.queues.lease} (30 s)
	 */
	String lease() default "";

	/**
	 * After how long a handler is interrupted, which counts as a failed attempt however
	 * the handler then ends.
	 * @return a duration; by default none
	 */
	String timeout() default "";

	/**
	 * Attempts in all; a task's own {@link TaskOptions#withMaxAttempts} wins.
	 * @return a number; by default {@code ikigai.queues.retry.max-attempts}
	 */
	String maxAttempts() default "";

	/**
	 * The pause after the first failed attempt.
	 * @return a duration; by default {@code ikigai.queues.retry.delay}
	 */
	String delay() default "";

	/**
	 * The factor from one pause to the next.
	 * @return a number; by default {@code ikigai.queues.retry.multiplier}
	 */
	String multiplier() default "";

	/**
	 * The longest pause.
	 * @return a duration; by default {@code ikigai.queues.retry.max-delay}
	 */
	String maxDelay() default "";

	/**
	 * The largest random change of a pause, in either direction.
	 * @return a duration; by default {@code ikigai.queues.retry.jitter}
	 */
	String jitter() default "";

	/**
	 * Hands tasks over in batches, to a {@code List<T>} parameter of payloads,
	 * {@link Task tasks} or messages: the largest size, or {@code "true"} for 100. What
	 * the handler leaves unsettled is completed together when it returns, and fails
	 * together when it throws. A payload that does not fit fails only its own task, which
	 * is left out of the list. The handler returns {@code void}.
	 * @return a number or {@code true}; by default one task at a time
	 */
	String batch() default "";

	/**
	 * The name of a {@code TaskErrorHandler} bean that is asked when the handler throws.
	 * @return the bean's name; by default retry until the attempts are used up
	 */
	String errorHandler() default "";

	/**
	 * Whether to start with the application.
	 * @return {@code true} or {@code false}; by default {@code true}
	 */
	String autoStartup() default "";

	/**
	 * The name of a {@code TaskListenerContainerFactory} bean.
	 * @return the bean's name; by default {@code ikigaiTaskListenerContainerFactory}
	 */
	String containerFactory() default "";

	/**
	 * Holds several {@link IkigaiTaskListener} annotations of one method.
	 */
	@Target({ ElementType.METHOD, ElementType.TYPE })
	@Retention(RetentionPolicy.RUNTIME)
	@Documented
	@interface Container {

		/**
		 * The annotations.
		 * @return the annotations
		 */
		IkigaiTaskListener[] value();

	}

}
