package io.ikigai.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

import tools.jackson.databind.json.JsonMapper;

/**
 * The results as Markdown, as JSON and as bars.
 */
final class Report {

	private final BenchmarkArguments arguments;

	private final Results results;

	private final List<Goal> goals;

	private final Map<String, String> run = new LinkedHashMap<>();

	Report(BenchmarkArguments arguments, Results results, List<Goal> goals) {
		this.arguments = arguments;
		this.results = results;
		this.goals = goals;
		this.run.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
		this.run.put("command", arguments.command());
		this.run.put("machine", Machine.describe());
		this.run.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
		this.run.put("settings", BenchmarkServer.SETTINGS.toString());
		this.run.put("peers", PeerVersions.describe());
	}

	void serverVersion(String version) {
		this.run.put("PostgreSQL", version);
	}

	void write() throws IOException {
		Path directory = this.arguments.directory().resolve("results");
		Files.createDirectories(directory);
		Files.writeString(directory.resolve("results.md"), markdown());
		Files.writeString(directory.resolve("results.svg"), Plot.of(this.results));
		Files.writeString(directory.resolve("results.json"),
				JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(json()));
	}

	String markdown() {
		StringBuilder text = new StringBuilder();
		this.run.forEach((name, value) -> text.append("- ").append(name).append(": ").append(value).append('\n'));
		text.append("\n| what | contestant | median | smallest | largest | unit | ikigai / contestant |\n");
		text.append("|---|---|---|---|---|---|---|\n");
		for (Workload workload : this.results.workloads()) {
			this.results.of(workload).forEach((contestant, outcome) -> text.append(row(workload, contestant, outcome)));
		}
		if (!this.goals.isEmpty()) {
			text.append("\n| what | goal | measured | |\n|---|---|---|---|\n");
			this.goals.forEach((goal) -> text.append("| %s | %s | %s | %s |%n".formatted(goal.what(), goal.text(),
					optional(goal.measured().apply(this.results)), goal.verdict(this.results))));
		}
		return text.toString();
	}

	private String row(Workload workload, String contestant, Results.Outcome outcome) {
		if (outcome.values().isEmpty()) {
			return "| %s | %s | %s | | | | |%n".formatted(workload.name(), contestant, outcome.note());
		}
		String ratio = contestant.equals(Results.OURS) ? "" : optional(this.results.ratio(workload.name(), contestant));
		return "| %s | %s | %s | %s | %s | %s | %s |%n".formatted(workload.name(), contestant, number(outcome.median()),
				number(outcome.smallest()), number(outcome.largest()),
				workload.unit() + (outcome.note().isEmpty() ? "" : " (" + outcome.note() + ")"), ratio);
	}

	private Map<String, Object> json() {
		List<Map<String, Object>> rows = new ArrayList<>();
		for (Workload workload : this.results.workloads()) {
			this.results.of(workload).forEach((contestant, outcome) -> {
				Map<String, Object> row = new LinkedHashMap<>();
				row.put("workload", workload.name());
				row.put("contestant", contestant);
				row.put("unit", workload.unit());
				row.put("values", outcome.values());
				if (!outcome.values().isEmpty()) {
					row.put("median", outcome.median());
					row.put("smallest", outcome.smallest());
					row.put("largest", outcome.largest());
				}
				if (!outcome.note().isEmpty()) {
					row.put("note", outcome.note());
				}
				this.results.ratio(workload.name(), contestant).ifPresent((ratio) -> row.put("ratio", ratio));
				rows.add(row);
			});
		}
		List<Map<String, Object>> targets = new ArrayList<>();
		for (Goal goal : this.goals) {
			Map<String, Object> row = new LinkedHashMap<>();
			row.put("what", goal.what());
			row.put("goal", goal.text());
			goal.measured().apply(this.results).ifPresent((value) -> row.put("measured", value));
			row.put("verdict", goal.verdict(this.results));
			targets.add(row);
		}
		return Map.of("run", this.run, "results", rows, "goals", targets);
	}

	private static String optional(OptionalDouble value) {
		return value.isPresent() ? number(value.getAsDouble()) : "";
	}

	/**
	 * Three digits that count.
	 */
	static String number(double value) {
		double size = Math.abs(value);
		String format = (size >= 100) ? "%,.0f" : (size >= 10) ? "%.1f" : (size >= 0.1 || size == 0) ? "%.2f" : "%.4f";
		return String.format(Locale.ROOT, format, value);
	}

}
