/**
 * Redis, through Spring Data Redis: task queues, the cache, publish and subscribe.
 */
@NullMarked
package io.ikigai.platform.redis;

import org.jspecify.annotations.NullMarked;
