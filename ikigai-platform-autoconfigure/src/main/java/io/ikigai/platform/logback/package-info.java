/**
 * The application's log as telemetry, where the log is Logback's.
 */
@NullMarked
package io.ikigai.platform.logback;

import org.jspecify.annotations.NullMarked;
