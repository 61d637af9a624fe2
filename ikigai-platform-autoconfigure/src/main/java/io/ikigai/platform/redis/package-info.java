/**
 * Redis, through Spring Data Redis: the cache, and publish and subscribe.
 */
@NullMarked
package io.ikigai.platform.redis;

import org.jspecify.annotations.NullMarked;
