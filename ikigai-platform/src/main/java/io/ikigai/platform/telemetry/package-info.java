/**
 * Events of agents: emitted at no cost to the caller, queried and aggregated.
 */
@NullMarked
package io.ikigai.platform.telemetry;

import org.jspecify.annotations.NullMarked;
