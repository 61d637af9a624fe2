/**
 * Task queues: what users call, the listener annotation, and what a backend implements.
 */
@NullMarked
package io.ikigai.platform.queue;

import org.jspecify.annotations.NullMarked;
