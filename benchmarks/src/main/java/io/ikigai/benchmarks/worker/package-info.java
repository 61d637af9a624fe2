/**
 * One contestant in a process of its own: it does what the benchmark tells it to through
 * its standard input.
 */
@NullMarked
package io.ikigai.benchmarks.worker;

import org.jspecify.annotations.NullMarked;
