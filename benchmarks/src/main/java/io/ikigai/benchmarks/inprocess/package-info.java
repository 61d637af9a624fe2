/**
 * What the platform does within the process, measured by JMH.
 */
@NullMarked
package io.ikigai.benchmarks.inprocess;

import org.jspecify.annotations.NullMarked;
