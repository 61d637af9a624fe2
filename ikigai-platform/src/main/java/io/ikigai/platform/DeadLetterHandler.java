package io.ikigai.platform;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the method that is called when a task or a message that a listener of the same
 * bean handles is given up: its attempts are used up, or its payload does not fit. Its
 * parameters are those of a listener's method, and the {@code Throwable} that was the
 * last straw. What it does through the platform and the application's data source is in
 * the transaction that gives up. When it throws, that is logged, what it has written is
 * rolled back, and the task or the message is given up all the same. One per class.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface DeadLetterHandler {

}
