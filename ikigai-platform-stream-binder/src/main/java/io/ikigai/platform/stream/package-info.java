/**
 * Spring Cloud Stream's binder {@code ikigai}: destinations are queues, topics and
 * mailboxes of the application's platform, on whatever backends it has.
 */
@NullMarked
package io.ikigai.platform.stream;

import org.jspecify.annotations.NullMarked;
