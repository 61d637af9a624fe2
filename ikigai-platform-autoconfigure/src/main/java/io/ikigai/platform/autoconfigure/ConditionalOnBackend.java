package io.ikigai.platform.autoconfigure;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.context.annotation.Conditional;

/**
 * Matches where a service is configured to run on a backend.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Conditional(OnBackendCondition.class)
@interface ConditionalOnBackend {

	/**
	 * The backend, as {@code ikigai.services.*} spells it.
	 */
	String value();

	/**
	 * The services of which at least one runs on it.
	 */
	String[] services() default { "queues", "mailboxes", "cache", "pubsub", "telemetry" };

}
