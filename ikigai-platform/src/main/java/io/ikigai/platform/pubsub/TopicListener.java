package io.ikigai.platform.pubsub;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a method of a Spring bean get the messages of topics. Its parameter is the
 * message; {@code @Header("topic")} gives the topic. Every attribute takes {@code ${…}}
 * and {@code #{…}}. Usable as a meta-annotation and repeatable.
 */
@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Repeatable(TopicListener.Container.class)
public @interface TopicListener {

	/**
	 * The topics.
	 * @return the topics' names
	 */
	String[] topics();

	/**
	 * The listener's id, unique in the application.
	 * @return the id; by default bean name and method
	 */
	String id() default "";

	/**
	 * Whether to start with the application.
	 * @return {@code true} or {@code false}; by default {@code true}
	 */
	String autoStartup() default "";

	/**
	 * Holds several {@link TopicListener} annotations of one method.
	 */
	@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
	@Retention(RetentionPolicy.RUNTIME)
	@Documented
	@interface Container {

		/**
		 * The annotations.
		 * @return the annotations
		 */
		TopicListener[] value();

	}

}
