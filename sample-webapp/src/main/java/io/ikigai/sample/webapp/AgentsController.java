package io.ikigai.sample.webapp;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

import io.ikigai.platform.agent.AgentInfo;
import io.ikigai.platform.agent.AgentRegistry;
import io.ikigai.platform.queue.TaskInfo;
import io.ikigai.platform.telemetry.Telemetry;
import io.ikigai.platform.telemetry.TelemetryEvent;
import io.ikigai.platform.telemetry.TelemetryQuery;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;

/**
 * The agents, and what one of them does.
 */
@Controller
class AgentsController {

	private static final int EVENTS = 25;

	private final AgentRegistry registry;

	private final AgentReader agents;

	private final QueueReader queues;

	private final Rates rates;

	private final Telemetry telemetry;

	private final Readings readings;

	AgentsController(AgentRegistry registry, AgentReader agents, QueueReader queues, Rates rates, Telemetry telemetry,
			Readings readings) {
		this.registry = registry;
		this.agents = agents;
		this.queues = queues;
		this.rates = rates;
		this.telemetry = telemetry;
		this.readings = readings;
	}

	@GetMapping("/agents")
	String agents(Model model) {
		model.addAttribute("agents", this.agents.all());
		Reading.Known<List<TaskInfo>> work = this.queues.atWork();
		model.addAttribute("work", work);
		List<TaskInfo> tasks = work.value();
		model.addAttribute("atWork",
				(tasks != null) ? tasks.stream()
					.filter((task) -> task.claimedBy() != null)
					.collect(Collectors.groupingBy((task) -> String.valueOf(task.claimedBy()), Collectors.counting()))
						: null);
		return "agents";
	}

	@GetMapping("/agent")
	String agent(@RequestParam String name, Model model) {
		AgentInfo agent = this.registry.find(name)
			.orElseThrow(
					() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no agent of the name " + name));
		model.addAttribute("agent", agent);
		Reading.Known<List<TaskInfo>> work = this.queues.atWork();
		model.addAttribute("work", work);
		List<TaskInfo> tasks = work.value();
		model.addAttribute("own",
				(tasks != null) ? tasks.stream().filter((task) -> name.equals(task.claimedBy())).toList() : List.of());
		model.addAttribute("charts", this.rates.charts(Window.QUARTER, name, null));
		model.addAttribute("events", events(name, null));
		model.addAttribute("log", events(name, "log"));
		return "agent";
	}

	private Reading.Known<List<TelemetryEvent>> events(String agent, @Nullable String type) {
		return this.readings.get("agent %s %s".formatted(type, agent), Rates.AREA, () -> {
			TelemetryQuery query = TelemetryQuery.all()
				.withAgent(agent)
				.withFrom(Instant.now().minus(Duration.ofDays(1)))
				.withTo(Instant.now().plus(Duration.ofDays(1)))
				.withLimit(EVENTS);
			return this.telemetry.query((type != null) ? query.withType(type) : query);
		});
	}

}
