package io.ikigai.benchmarks.inprocess;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import io.ikigai.platform.Platform;
import io.ikigai.platform.cache.Cache;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.queue.TaskQueue;
import io.ikigai.platform.telemetry.Telemetry;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The calls, as an application makes them. JMH makes an instance in the process of the
 * benchmark; the system property {@code benchmark.url} names the database.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class InProcessBenchmarks {

	private static final String NEAR = "benchmark-near";

	private static final Check CHECK = new Check("https://example.org/", 3, "x".repeat(150));

	private final ConfigurableApplicationContext context;

	private final Task task;

	private final Cache near;

	private final Telemetry telemetry;

	/**
	 * Starts an application and claims a task.
	 */
	public InProcessBenchmarks() {
		this.context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties(Map.of("ikigai.postgres.url", Objects.requireNonNull(System.getProperty("benchmark.url")),
					"ikigai.cache.regions." + NEAR + ".near.max-size", 1000,
					"ikigai.cache.regions." + NEAR + ".near.max-staleness", "10m", "logging.level.root", "error",
					"spring.main.banner-mode", "off"))
			.run();
		Platform platform = this.context.getBean(Platform.class);
		TaskQueue queue = platform.queue("benchmark-in-process");
		queue.enqueue(CHECK);
		this.task = queue.claim().orElseThrow();
		this.near = platform.cache(NEAR);
		this.near.set("key", CHECK);
		this.telemetry = platform.telemetry();
	}

	/**
	 * Ends the application.
	 */
	@TearDown
	public void stop() {
		this.task.complete();
		this.context.close();
	}

	/**
	 * Reads a payload of 197 bytes as a record.
	 */
	@Benchmark
	public Check readPayload() {
		return this.task.payload(Check.class);
	}

	/**
	 * Emits an event. The buffer is full most of the time, since nothing waits for the
	 * database: what is measured is the conversion and the way to the buffer.
	 */
	@Benchmark
	public void emit() {
		this.telemetry.emit("metric", CHECK);
	}

	/**
	 * Reads a value that is near.
	 */
	@Benchmark
	public Optional<Check> nearHit() {
		return this.near.get("key", Check.class);
	}

	/**
	 * A payload.
	 *
	 * @param url where to look
	 * @param depth how deep
	 * @param text some text
	 */
	public record Check(String url, int depth, String text) {
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
