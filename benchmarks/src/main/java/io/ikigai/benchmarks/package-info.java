/**
 * Measures the platform beside its peers and beside raw SQL, on one PostgreSQL, in one
 * run. {@link io.ikigai.benchmarks.Benchmark} starts it; a
 * {@link io.ikigai.benchmarks.WorkloadGroup} is what is measured.
 */
@NullMarked
package io.ikigai.benchmarks;

import org.jspecify.annotations.NullMarked;
