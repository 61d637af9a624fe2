/**
 * The registry of agents and their instances.
 */
@NullMarked
package io.ikigai.platform.agent;

import org.jspecify.annotations.NullMarked;
