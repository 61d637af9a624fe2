package io.ikigai.platform.queue;

import org.jspecify.annotations.Nullable;

/**
 * Which tasks of a queue to show. Immutable: each {@code with…} method returns a changed
 * copy.
 *
 * @param state the state they are in, or {@code null} for every state
 * @param text what their id, payload, error or claimant contains, whatever the case; or
 * {@code null}
 * @param after the place after which to begin, or {@code null} for the newest
 * @param limit how many at most
 */
public record TaskQuery(@Nullable TaskState state, @Nullable String text, @Nullable TaskPosition after, int limit) {

	private static final int MOST = 1000;

	/**
	 * Checks the limit.
	 * @param state the state they are in, or {@code null} for every state
	 * @param text what their id, payload, error or claimant contains, whatever the case;
	 * or {@code null}
	 * @param after the place after which to begin, or {@code null} for the newest
	 * @param limit how many at most
	 * @throws IllegalArgumentException if it is not from 1 to 1000
	 */
	public TaskQuery {
		if (limit < 1 || limit > MOST) {
			throw new IllegalArgumentException("limit must be from 1 to " + MOST + ", not " + limit);
		}
	}

	/**
	 * Returns a query for the newest 100 tasks.
	 * @return the query
	 */
	public static TaskQuery all() {
		return new TaskQuery(null, null, null, 100);
	}

	/**
	 * Asks for tasks in one state.
	 * @param state the state
	 * @return a changed copy
	 */
	public TaskQuery withState(TaskState state) {
		return new TaskQuery(state, this.text, this.after, this.limit);
	}

	/**
	 * Asks for tasks with a text in their id, payload, error or claimant.
	 * @param text the text, taken as it is; case does not matter
	 * @return a changed copy
	 */
	public TaskQuery withText(String text) {
		return new TaskQuery(this.state, text, this.after, this.limit);
	}

	/**
	 * Asks for what comes after a place.
	 * @param after {@link TaskPage#next()} of the page before
	 * @return a changed copy
	 */
	public TaskQuery withAfter(TaskPosition after) {
		return new TaskQuery(this.state, this.text, after, this.limit);
	}

	/**
	 * Asks for so many tasks.
	 * @param limit from 1 to 1000; by default 100
	 * @return a changed copy
	 */
	public TaskQuery withLimit(int limit) {
		return new TaskQuery(this.state, this.text, this.after, limit);
	}

}
