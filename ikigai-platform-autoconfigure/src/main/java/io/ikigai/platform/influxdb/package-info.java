/**
 * InfluxDB by the API of 1.x: telemetry as points.
 */
@NullMarked
package io.ikigai.platform.influxdb;

import org.jspecify.annotations.NullMarked;
