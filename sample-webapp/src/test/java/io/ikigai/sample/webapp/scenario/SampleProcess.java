package io.ikigai.sample.webapp.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.ikigai.platform.testing.Waits;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A packaged sample that runs as people run it: {@code java -jar}, told by
 * {@code IKIGAI_CONF} where its services are.
 */
final class SampleProcess implements AutoCloseable {

	private final Process process;

	private final Path log;

	private SampleProcess(Process process, Path log) {
		this.process = process;
		this.log = log;
	}

	/**
	 * Starts a sample without waiting for it.
	 * @param sample the sample's directory
	 * @param conf its {@code ikigai.conf}
	 * @param log where its output goes
	 * @param environment more variables
	 */
	static SampleProcess start(String sample, Path conf, Path log, Map<String, String> environment) throws IOException {
		ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", jar(sample).toString())
			.directory(log.getParent().toFile())
			.redirectErrorStream(true)
			.redirectOutput(log.toFile());
		builder.environment().put("IKIGAI_CONF", conf.toAbsolutePath().toString());
		builder.environment().putAll(environment);
		return new SampleProcess(builder.start(), log);
	}

	private static Path jar(String sample) throws IOException {
		Path target = Path.of("..", sample, "target").toAbsolutePath().normalize();
		try (Stream<Path> files = Files.list(target)) {
			List<Path> jars = files
				.filter((file) -> file.getFileName().toString().matches(sample + "-[^-]+(-SNAPSHOT)?\\.jar"))
				.toList();
			assertThat(jars).as("the packaged jar in " + target).hasSize(1);
			return jars.get(0);
		}
	}

	SampleProcess awaitStarted() {
		Waits.await().until(() -> {
			assertThat(this.process.isAlive()).as(this::log).isTrue();
			return log().contains(" Started ");
		});
		return this;
	}

	String log() {
		try {
			return Files.readString(this.log);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * What {@code kill -9} does.
	 */
	void kill() throws InterruptedException {
		this.process.destroyForcibly();
		Waits.end(this.process);
	}

	/**
	 * Asks it to end, and waits.
	 * @return its exit code
	 */
	int stop() throws InterruptedException {
		this.process.destroy();
		return Waits.end(this.process);
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
