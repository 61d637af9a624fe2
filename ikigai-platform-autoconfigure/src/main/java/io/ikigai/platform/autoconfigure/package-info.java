/**
 * Wires the rooms together for Spring Boot: one auto-configuration and one class of
 * properties per service, and what analyzes failures to start.
 */
@NullMarked
package io.ikigai.platform.autoconfigure;

import org.jspecify.annotations.NullMarked;
