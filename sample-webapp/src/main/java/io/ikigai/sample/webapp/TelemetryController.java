package io.ikigai.sample.webapp;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import io.ikigai.platform.telemetry.Aggregation;
import io.ikigai.platform.telemetry.Telemetry;
import io.ikigai.platform.telemetry.TelemetryBucket;
import io.ikigai.platform.telemetry.TelemetryEvent;
import io.ikigai.platform.telemetry.TelemetryQuery;

import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.util.StringUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/**
 * The events of agents: what they measured over time, and the events themselves as they
 * come.
 */
@Controller
class TelemetryController {

	private static final int EVENTS = 30;

	private static final List<String> TYPES = List.of("task_completed", "task_failed", "error", "log", "metric");

	private final Telemetry telemetry;

	private final AgentReader agents;

	private final Readings readings;

	TelemetryController(Telemetry telemetry, AgentReader agents, Readings readings) {
		this.telemetry = telemetry;
		this.agents = agents;
		this.readings = readings;
	}

	@GetMapping("/telemetry")
	String telemetry(@RequestParam(defaultValue = "") String agent, @RequestParam(defaultValue = "") String type,
			@RequestParam(defaultValue = "") String q, @RequestParam(defaultValue = "") String metric,
			@RequestParam(defaultValue = "avg") String with, @RequestParam(defaultValue = "15m") String window,
			Model model) {
		Window chosen = Window.of(window);
		Aggregation aggregation = Aggregation.valueOf(with.toUpperCase(Locale.ROOT));
		TelemetryQuery query = TelemetryQuery.all();
		query = StringUtils.hasText(agent) ? query.withAgent(agent.strip()) : query;
		query = StringUtils.hasText(type) ? query.withType(type.strip()) : query;
		query = StringUtils.hasText(q) ? query.withText(q.strip()) : query;
		TelemetryQuery asked = query;
		String key = String.join("\n", chosen.key(), agent, type, q);
		model.addAttribute("events", this.readings.get("events\n" + key, Rates.AREA, () -> events(asked, chosen)));
		model.addAttribute("counts", this.readings.get("counts\n" + key, Rates.AREA, () -> counts(asked, chosen)));
		if (StringUtils.hasText(metric)) {
			model.addAttribute("measured", this.readings.get(String.join("\n", "measured", key, with, metric),
					Rates.AREA, () -> measured(asked, chosen, metric.strip(), aggregation)));
		}
		model.addAttribute("agents", this.agents.all());
		model.addAttribute("types", TYPES);
		model.addAttribute("windows", Window.values());
		model.addAttribute("aggregations",
				Stream.of(Aggregation.values()).map((each) -> each.name().toLowerCase(Locale.ROOT)).toList());
		model.addAttribute("agent", agent);
		model.addAttribute("type", type);
		model.addAttribute("q", q);
		model.addAttribute("metric", metric);
		model.addAttribute("with", with);
		model.addAttribute("window", chosen);
		return "telemetry";
	}

	private List<TelemetryEvent> events(TelemetryQuery query, Window window) {
		return this.telemetry.query(window.within(query, Instant.now()).withLimit(EVENTS));
	}

	private Chart counts(TelemetryQuery query, Window window) {
		Instant now = Instant.now();
		List<TelemetryBucket> buckets = this.telemetry.series(window.within(query, now), window.step(), "count",
				Aggregation.COUNT);
		return Chart.bars("Events", "plain", window, now, buckets, Rates::count);
	}

	private Chart measured(TelemetryQuery query, Window window, String metric, Aggregation aggregation) {
		Instant now = Instant.now();
		List<TelemetryBucket> buckets = this.telemetry.series(window.within(query, now), window.step(), metric,
				aggregation);
		return Chart.line("%s of %s".formatted(aggregation.name().toLowerCase(Locale.ROOT), metric), "busy", window,
				now, buckets, (value) -> String.format(Locale.ROOT, "%,.1f", value));
	}

}
