package io.ikigai.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

/**
 * Task queues beside raw SQL on the same table: workloads take turns, several rounds, and
 * the medians are printed as one Markdown table. Runs on a PostgreSQL of its own with
 * durable settings.
 */
@SpringBootApplication
@Import(NoOpListener.class)
public class QueueBenchmark {

	/**
	 * Runs the benchmark.
	 * @param args {@code rounds tasks}, by default 5 and 100,000, and properties of the
	 * platform such as {@code --ikigai.telemetry.tasks=false}
	 * @throws IOException if the server's directory cannot be made
	 * @throws InterruptedException if interrupted
	 */
	public static void main(String[] args) throws IOException, InterruptedException {
		int rounds = (args.length > 0) ? Integer.parseInt(args[0]) : 5;
		int tasks = (args.length > 1) ? Integer.parseInt(args[1]) : 100_000;
		Path directory = Files.createTempDirectory("ikigai-benchmark");
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(QueueBenchmark.class)
			.web(WebApplicationType.NONE)
			.properties(
					Map.of("ikigai.postgres.embedded.directory", directory.toString(), "ikigai.postgres.embedded.port",
							"54399", "spring.datasource.hikari.maximum-pool-size", "32", "logging.level.root", "warn"))
			.run(Arrays.stream(args).skip(2).toArray(String[]::new))) {
			QueueWorkloads workloads = context.getBean(QueueWorkloads.class);
			Map<String, List<Double>> results = new LinkedHashMap<>();
			for (int round = 0; round < rounds; round++) {
				workloads.runAll(tasks,
						(name, value) -> results.computeIfAbsent(name, (any) -> new ArrayList<>()).add(value));
			}
			System.out.println("| what | median of " + rounds + " | smallest | largest |");
			System.out.println("|---|---|---|---|");
			results.forEach((name, values) -> {
				values.sort(null);
				System.out.printf(Locale.ROOT, "| %s | %,.1f | %,.1f | %,.1f |%n", name, values.get(values.size() / 2),
						values.get(0), values.get(values.size() - 1));
			});
		}
	}

}
