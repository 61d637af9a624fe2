/**
 * The scenario that the jars of the samples pass unchanged, whatever their
 * {@code ikigai.conf} says: which services run where, the servers and processes that
 * takes, and what is seen of it from outside.
 */
@NullMarked
package io.ikigai.sample.webapp.scenario;

import org.jspecify.annotations.NullMarked;
