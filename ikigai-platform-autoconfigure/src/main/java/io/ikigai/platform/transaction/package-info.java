/**
 * Which transaction the calling thread is in, and whether it can still take work: the one
 * place that all stores and the runtime ask.
 */
@NullMarked
package io.ikigai.platform.transaction;

import org.jspecify.annotations.NullMarked;
