/**
 * What is told of sending and of processing: Micrometer observations with stable names
 * and keys, which carry the trace in the headers of tasks and messages.
 */
@NullMarked
package io.ikigai.platform.observation;

import org.jspecify.annotations.NullMarked;
