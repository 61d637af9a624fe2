/**
 * What the tests of all modules share beside the compatibility kit and the servers:
 * {@link io.ikigai.platform.testing.Waits}, the one place that knows how long a test
 * waits, processes that may be killed and frozen, and a network that fails.
 */
@NullMarked
package io.ikigai.platform.testing;

import org.jspecify.annotations.NullMarked;
