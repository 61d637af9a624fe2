/**
 * Measures the platform beside raw SQL on the same PostgreSQL, in the same run.
 */
@NullMarked
package io.ikigai.benchmarks;

import org.jspecify.annotations.NullMarked;
