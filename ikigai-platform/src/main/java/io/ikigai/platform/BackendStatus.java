package io.ikigai.platform;

import java.util.Map;
import java.util.Set;

/**
 * What a backend tells about itself to health checks and to the actuator. Implemented by
 * each backend; safe for use by several threads.
 */
public interface BackendStatus {

	/**
	 * Returns the backend's name as {@code ikigai.services.*} spells it.
	 * @return such as {@code postgres}
	 */
	String backend();

	/**
	 * Returns the services that run on this backend.
	 * @return such as {@code queues}, {@code agents}
	 */
	Set<String> services();

	/**
	 * Looks at the backend now.
	 * @return what was found; never throws for a backend that is away
	 */
	Condition condition();

	/**
	 * The state of a backend at one moment.
	 *
	 * @param answers whether the backend answers; if not, nothing that needs it works
	 * @param wakes whether what wakes its users works; if not, they look now and then
	 * instead, and everything takes longer
	 * @param failing what this process does in the background and fails at, such as
	 * {@code reclaim}, with the reasons; empty when all works
	 * @param details what an operator needs to find the cause of a problem, without
	 * secrets
	 */
	record Condition(boolean answers, boolean wakes, Map<String, String> failing, Map<String, Object> details) {

		/**
		 * Copies the maps.
		 * @param answers whether the backend answers; if not, nothing that needs it works
		 * @param wakes whether what wakes its users works; if not, they look now and then
		 * instead, and everything takes longer
		 * @param failing what this process does in the background and fails at, with the
		 * reasons
		 * @param details what an operator needs to find the cause of a problem, without
		 * secrets
		 */
		public Condition {
			failing = Map.copyOf(failing);
			details = Map.copyOf(details);
		}

		/**
		 * Creates a condition in which nothing fails in the background.
		 * @param answers whether the backend answers; if not, nothing that needs it works
		 * @param wakes whether what wakes its users works; if not, they look now and then
		 * instead, and everything takes longer
		 * @param details what an operator needs to find the cause of a problem, without
		 * secrets
		 */
		public Condition(boolean answers, boolean wakes, Map<String, Object> details) {
			this(answers, wakes, Map.of(), details);
		}

		/**
		 * Returns whether everything works.
		 * @return whether the backend answers and wakes its users, and nothing fails in
		 * the background
		 */
		public boolean up() {
			return this.answers && this.wakes && this.failing.isEmpty();
		}

	}

}
