package io.ikigai.platform.postgres;

import java.security.SecureRandom;
import java.util.UUID;

/**
 * This process as the database knows it.
 *
 * @param instance its row in {@code ikigai_agent_instance}
 * @param lockKey the advisory lock that its LISTEN connection holds while it lives
 */
record ProcessIdentity(UUID instance, long lockKey) {

	static ProcessIdentity fresh() {
		return new ProcessIdentity(UUID.randomUUID(), new SecureRandom().nextLong());
	}

	/**
	 * The channel of this process alone: its canary, and what wakes its LISTEN loop.
	 */
	String channel() {
		return "ikigai_" + this.instance.toString().replace('-', '_');
	}

}
