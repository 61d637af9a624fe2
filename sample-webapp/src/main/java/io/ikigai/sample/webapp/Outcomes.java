package io.ikigai.sample.webapp;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

import io.ikigai.platform.storage.DocumentCollection;
import io.ikigai.platform.storage.DocumentQuery;
import io.ikigai.platform.storage.Op;
import io.ikigai.platform.storage.Storage;

import org.springframework.stereotype.Component;

/**
 * The documents in which the monitoring agent keeps what its checks found.
 */
@Component
class Outcomes {

	private final DocumentCollection<ConsoleState.Outcome> checks;

	Outcomes(Storage storage) {
		this.checks = storage.documents("site-checks", ConsoleState.Outcome.class);
	}

	Map<UUID, ConsoleState.Outcome> of(List<UUID> taskIds) {
		if (taskIds.isEmpty()) {
			return Map.of();
		}
		return this.checks.find(DocumentQuery.all().where("taskId", Op.IN, taskIds).limit(taskIds.size()))
			.stream()
			.collect(Collectors.toMap((check) -> UUID.fromString(check.id()), (check) -> check.value()));
	}

}
