/**
 * The monitoring agent: takes tasks from {@code monitoring-tasks}, checks the address
 * each one names, keeps the outcome together with the task's completion, tells when a
 * site goes down or comes back, and answers questions.
 */
@NullMarked
package io.ikigai.sample.agent;

import org.jspecify.annotations.NullMarked;
