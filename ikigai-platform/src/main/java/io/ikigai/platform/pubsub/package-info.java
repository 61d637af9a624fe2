/**
 * Publish and subscribe on topics.
 */
@NullMarked
package io.ikigai.platform.pubsub;

import org.jspecify.annotations.NullMarked;
