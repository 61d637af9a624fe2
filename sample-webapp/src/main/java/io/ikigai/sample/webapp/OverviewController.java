package io.ikigai.sample.webapp;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.ikigai.platform.BackendStatus;
import io.ikigai.platform.Guarantee;
import io.ikigai.platform.Guarantees;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Everything at a glance, and the stream that keeps all pages up to date.
 */
@Controller
class OverviewController {

	private final List<BackendStatus> backends;

	private final Guarantees guarantees;

	private final HealthEndpoint health;

	private final AgentReader agents;

	private final QueueReader queues;

	private final Rates rates;

	private final AnswerTimesReader answerTimes;

	private final Changes changes;

	private final Readings readings;

	private final LiveUpdates updates;

	OverviewController(List<BackendStatus> backends, Guarantees guarantees, HealthEndpoint health, AgentReader agents,
			QueueReader queues, Rates rates, AnswerTimesReader answerTimes, Changes changes, Readings readings,
			LiveUpdates updates) {
		this.backends = backends;
		this.guarantees = guarantees;
		this.health = health;
		this.agents = agents;
		this.queues = queues;
		this.rates = rates;
		this.answerTimes = answerTimes;
		this.changes = changes;
		this.readings = readings;
		this.updates = updates;
	}

	@GetMapping("/")
	String overview(@RequestParam(required = false) @Nullable String window, Model model) {
		Window chosen = Window.of(window);
		model.addAttribute("window", chosen);
		model.addAttribute("windows", Window.values());
		model.addAttribute("services", this.readings.get("services", "health", this::services));
		model.addAttribute("health",
				this.readings.get("health", "health", () -> this.health.health().getStatus().getCode()));
		model.addAttribute("agents", this.agents.all());
		model.addAttribute("depths", this.queues.depths());
		model.addAttribute("minute", this.rates.lastMinute());
		model.addAttribute("charts", this.rates.charts(chosen, null, null));
		model.addAttribute("answers", this.readings.get("answer-times", Rates.AREA, this.answerTimes::lastHour));
		model.addAttribute("news", this.changes.news());
		return "overview";
	}

	private List<Service> services() {
		List<Service> services = new ArrayList<>();
		for (BackendStatus backend : this.backends) {
			BackendStatus.Condition condition = backend.condition();
			Map<String, Object> details = new TreeMap<>(condition.details());
			backend.services()
				.forEach((service) -> services
					.add(new Service(service, backend.backend(), condition.answers(), condition.wakes(),
							details.toString(), this.guarantees.services().getOrDefault(service, Map.of()))));
		}
		services.sort(Comparator.comparing(Service::name));
		return services;
	}

	@GetMapping("/events")
	SseEmitter events() {
		return this.updates.watch();
	}

	@GetMapping("/login")
	String login() {
		return "login";
	}

	/**
	 * A service, what it runs on, and what holds there within transactions.
	 */
	record Service(String name, String backend, boolean answers, boolean wakes, String details,
			Map<String, Guarantee> guarantees) {
	}

}
