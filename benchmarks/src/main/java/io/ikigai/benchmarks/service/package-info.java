/**
 * The services beside the queues, measured in one process: the platform, raw SQL over the
 * same pool, and the servers and libraries that one would take instead.
 */
@NullMarked
package io.ikigai.benchmarks.service;

import org.jspecify.annotations.NullMarked;
