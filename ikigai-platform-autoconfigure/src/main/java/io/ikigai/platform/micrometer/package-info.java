/**
 * Micrometer's meters as events of telemetry.
 */
@NullMarked
package io.ikigai.platform.micrometer;

import org.jspecify.annotations.NullMarked;
