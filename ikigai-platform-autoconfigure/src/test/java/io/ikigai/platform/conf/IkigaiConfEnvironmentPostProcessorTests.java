package io.ikigai.platform.conf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link IkigaiConfEnvironmentPostProcessor}.
 */
class IkigaiConfEnvironmentPostProcessorTests {

	private final Map<String, String> variables = new HashMap<>();

	private final StandardEnvironment environment = new StandardEnvironment();

	private Path working;

	private Path etc;

	@BeforeEach
	void createDirectories(@TempDir Path directory) throws IOException {
		this.working = Files.createDirectory(directory.resolve("working"));
		this.etc = Files.createDirectory(directory.resolve("etc"));
	}

	@Test
	void addsNothingWithoutFile() {
		process(this.environment);
		assertThat(names(this.environment)).containsExactly("systemProperties", "systemEnvironment");
	}

	@Test
	void readsTheFirstThatAppliesOnly() throws IOException {
		Path inEtc = write(this.etc, "queues = etc\ncache = etc");
		assertThat(processed("queues", "cache")).containsExactly("etc", "etc");
		Path inWorking = write(this.working, "queues = working");
		assertThat(processed("queues", "cache")).containsExactly("working", null);
		Path named = Files.writeString(this.working.resolve("named.ini"), "[services]\nqueues = named");
		this.variables.put("IKIGAI_CONF", named.toString());
		assertThat(processed("queues", "cache")).containsExactly("named", null);
		this.variables.put("IKIGAI_CONF", " ");
		assertThat(processed("queues", "cache")).containsExactly("working", null);
		Files.delete(inWorking);
		Files.writeString(inEtc, "");
		assertThat(processed("queues", "cache")).containsExactly(null, null);
	}

	@Test
	void refusesVariableThatNamesMissingFile() throws IOException {
		write(this.working, "queues = working");
		Path missing = this.working.resolve("missing.conf");
		this.variables.put("IKIGAI_CONF", missing.toString());
		assertThatExceptionOfType(IkigaiConfException.class).isThrownBy(() -> process(this.environment))
			.withMessage(missing + ": does not exist, and the environment variable IKIGAI_CONF names it. "
					+ "Create the file, or correct or unset the variable.");
	}

	@Test
	void doesNotPassOverWhatItCannotRead() throws IOException {
		Files.createDirectory(this.working.resolve("ikigai.conf"));
		write(this.etc, "queues = etc");
		assertThatExceptionOfType(IkigaiConfException.class).isThrownBy(() -> process(this.environment))
			.withMessageContaining("is a directory");
	}

	@Test
	void ranksBelowTheEnvironmentVariables() throws IOException {
		Path file = write(this.working, "queues = working");
		this.environment.getPropertySources().addFirst(new MapPropertySource("commandLineArgs", Map.of()));
		this.environment.getPropertySources().addLast(new MapPropertySource("random", Map.of()));
		this.environment.getPropertySources().addLast(new MapPropertySource("application.properties", Map.of()));
		process(this.environment);
		assertThat(names(this.environment)).containsExactly("commandLineArgs", "systemProperties", "systemEnvironment",
				"ikigai.conf [" + file + "]", "random", "application.properties");
	}

	@Test
	void movesWhatWasImportedAndLooksNoFurther() throws IOException {
		write(this.working, "queues = working\ncache = working");
		IkigaiConfReader reader = new IkigaiConfReader(Variables.ofProcess());
		PropertySource<?> first = reader.read(Files.writeString(this.etc.resolve("a"), "[services]\nqueues = a"));
		PropertySource<?> second = reader.read(Files.writeString(this.etc.resolve("b"), "[services]\nqueues = b"));
		this.environment.getPropertySources().addLast(new MapPropertySource("application-prod.properties", Map.of()));
		this.environment.getPropertySources().addLast(first);
		this.environment.getPropertySources().addLast(second);
		process(this.environment);
		process(this.environment);
		assertThat(names(this.environment)).containsExactly("systemProperties", "systemEnvironment", first.getName(),
				second.getName(), "application-prod.properties");
	}

	@Test
	void readsOnceForAnEnvironmentThatIsShared() throws IOException {
		Path file = write(this.working, "queues = before");
		process(this.environment);
		Files.writeString(file, "not valid");
		process(this.environment);
		assertThat(this.environment.getProperty("ikigai.services.queues")).isEqualTo("before");
		assertThat(names(this.environment)).hasSize(3);
	}

	@Test
	void ranksLastInAnEnvironmentWithoutEnvironmentVariables() throws IOException {
		write(this.working, "queues = working\ncache = working");
		MockEnvironment mock = new MockEnvironment().withProperty("ikigai.services.queues", "mock");
		process(mock);
		assertThat(mock.getProperty("ikigai.services.queues")).isEqualTo("mock");
		assertThat(mock.getProperty("ikigai.services.cache")).isEqualTo("working");
	}

	private String[] processed(String... keys) {
		StandardEnvironment fresh = new StandardEnvironment();
		process(fresh);
		return Stream.of(keys).map((key) -> fresh.getProperty("ikigai.services." + key)).toArray(String[]::new);
	}

	private void process(ConfigurableEnvironment environment) {
		new IkigaiConfEnvironmentPostProcessor(Supplier::get, this.variables::get, List.of(this.working, this.etc))
			.postProcessEnvironment(environment, new SpringApplication());
	}

	private static Path write(Path directory, String services) throws IOException {
		return Files.writeString(directory.resolve("ikigai.conf"), "[services]\n" + services);
	}

	private static List<String> names(ConfigurableEnvironment environment) {
		return environment.getPropertySources().stream().map(PropertySource::getName).toList();
	}

}
