/**
 * The monitoring agent: takes tasks from {@code monitoring-tasks}, checks the address
 * each one names, and stores the outcome together with the task's completion.
 */
@NullMarked
package io.ikigai.sample.agent;

import org.jspecify.annotations.NullMarked;
