package io.ikigai.platform.autoconfigure.health;

import java.util.Map;
import java.util.TreeMap;

import io.ikigai.platform.listener.ListenerContainer;
import io.ikigai.platform.listener.ListenerRegistry;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Whether listeners get their work. {@code DOWN}, with the listener and the reason, when
 * a claim has had no answer for seconds or fails: the backend may well answer others
 * meanwhile, over connections that the network has not lost.
 */
final class ListenersHealthIndicator extends AbstractHealthIndicator {

	private final ListenerRegistry listeners;

	ListenersHealthIndicator(ListenerRegistry listeners) {
		super("The health check of the platform's listeners failed");
		this.listeners = listeners;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		Map<String, String> problems = new TreeMap<>();
		for (ListenerContainer listener : this.listeners.containers()) {
			String problem = listener.problem();
			if (problem != null) {
				problems.put(listener.id(), problem);
			}
		}
		if (problems.isEmpty()) {
			builder.up();
		}
		else {
			builder.down().withDetails(problems);
		}
	}

}
