package io.ikigai.platform.autoconfigure.health;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

import io.ikigai.platform.BackendStatus;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * The health of the platform's backends, each with its services and what it tells about
 * itself.
 * <ul>
 * <li>{@code DOWN} when a backend does not answer.</li>
 * <li>{@code UNKNOWN} when all answer, but one does not wake its users: work goes on, as
 * listeners look by themselves, only later. An application is not taken out of service
 * for that, as Spring Boot ranks {@code UNKNOWN} below {@code UP} and answers 200.</li>
 * <li>{@code UP} otherwise.</li>
 * </ul>
 */
class IkigaiHealthIndicator extends AbstractHealthIndicator {

	private final List<BackendStatus> backends;

	IkigaiHealthIndicator(List<BackendStatus> backends) {
		super("The health check of the platform's backends failed");
		this.backends = List.copyOf(backends);
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		Status status = Status.UP;
		for (BackendStatus backend : this.backends) {
			BackendStatus.Condition condition = backend.condition();
			if (!condition.answers()) {
				status = new Status(Status.DOWN.getCode(), backend.backend() + " does not answer");
			}
			else if (!condition.wakes() && status.equals(Status.UP)) {
				status = new Status(Status.UNKNOWN.getCode(), backend.backend() + " does not wake its users");
			}
			Map<String, Object> details = new LinkedHashMap<>();
			details.put("services", new TreeSet<>(backend.services()));
			details.putAll(condition.details());
			builder.withDetail(backend.backend(), details);
		}
		builder.status(status);
	}

}
