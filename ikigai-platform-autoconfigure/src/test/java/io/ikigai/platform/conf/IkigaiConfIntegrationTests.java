package io.ikigai.platform.conf;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

import io.ikigai.platform.testing.Waits;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Integration tests for {@code ikigai.conf} with applications that run in processes of
 * their own, with a working directory, environment variables and a jar.
 */
class IkigaiConfIntegrationTests {

	@TempDir
	Path directory;

	private Path jar;

	private Path working;

	@BeforeEach
	void packageApplication() throws IOException {
		this.working = Files.createDirectory(this.directory.resolve("working"));
		this.jar = jar("application.jar", "");
	}

	@Test
	void overridesWhatIsPackagedAndIsOverriddenByWhatIsSaidToTheProcess() throws Exception {
		write("ikigai.conf", """
				[services]
				queues = ${BACKEND}    # a variable
				mailboxes = file
				cache = file
				pubsub = file
				storage = "file"
				""");
		Files.writeString(this.working.resolve("application.properties"), "ikigai.services.mailboxes=beside");
		Outcome outcome = run(Map.of("BACKEND", "file", "IKIGAI_SERVICES_PUBSUB", "variable"),
				List.of("-Dikigai.services.cache=system"),
				List.of("--spring.profiles.active=prod", "--ikigai.services.storage=argument"));
		outcome.assertPrints("queues -> file", "mailboxes -> file", "cache -> system", "pubsub -> variable",
				"storage -> argument", "telemetry -> packaged-prod");
		assertThat(outcome.output()).contains("Configured by ikigai.conf [" + this.working.toRealPath());
	}

	@Test
	void prefersTheFileThatTheVariableNames() throws Exception {
		write("ikigai.conf", "[services]\nqueues = working\nmailboxes = working");
		write("other.conf", "[services]\nqueues = named");
		run(Map.of("IKIGAI_CONF", "other.conf"), List.of(), List.of()).assertPrints("queues -> named",
				"mailboxes -> packaged");
	}

	@Test
	void prefersTheImportWhereverItStands() throws Exception {
		write("ikigai.conf", "[services]\nqueues = working\nmailboxes = working");
		write("other.conf", "[services]\nqueues = named\nmailboxes = named");
		write("imported.conf", "[services]\nqueues = imported");
		this.jar = jar("importing.jar", "spring.config.import=optional:ikigai:imported.conf");
		Map<String, String> variables = Map.of("IKIGAI_CONF", "other.conf");
		run(variables, List.of(), List.of("--spring.profiles.active=prod")).assertPrints("queues -> imported",
				"mailboxes -> packaged-prod");
		Files.delete(this.working.resolve("imported.conf"));
		run(variables, List.of(), List.of()).assertPrints("queues -> named", "mailboxes -> named");
	}

	@Test
	void failsWhenTheVariableNamesAMissingFile() throws Exception {
		write("ikigai.conf", "[services]\nqueues = working");
		run(Map.of("IKIGAI_CONF", "missing.conf"), List.of(), List.of()).assertFailsWith(
				"missing.conf: does not exist, and the environment variable IKIGAI_CONF names it.",
				"Create the file, or correct or unset the variable.");
	}

	@Test
	void failsForMalformedFileAndUnsetVariable() throws Exception {
		write("ikigai.conf", "[services]\nqueues redis");
		run(Map.of(), List.of(), List.of())
			.assertFailsWith("ikigai.conf, line 2: 'queues…' is neither 'key = value' nor '[section]'.");
		write("ikigai.conf", "[postgres]\nurl = postgresql://me:hunter2${NOT_SET}@host/db");
		Outcome outcome = run(Map.of(), List.of(), List.of());
		outcome.assertFailsWith(
				"ikigai.conf, line 2: the value of 'url' in [postgres] uses ${NOT_SET}, which is not set.");
		assertThat(outcome.output()).doesNotContain("hunter2");
	}

	private Path jar(String name, String properties) throws IOException {
		Path file = this.directory.resolve(name);
		try (OutputStream out = Files.newOutputStream(file); JarOutputStream jar = new JarOutputStream(out)) {
			writeEntry(jar, "application.properties", properties + "\n" + services("packaged"));
			writeEntry(jar, "application-prod.properties", services("packaged-prod"));
		}
		return file;
	}

	private static void writeEntry(JarOutputStream jar, String name, String text) throws IOException {
		jar.putNextEntry(new JarEntry(name));
		jar.write(text.getBytes(StandardCharsets.ISO_8859_1));
		jar.closeEntry();
	}

	private static String services(String backend) {
		return """
				ikigai.services.queues=%1$s
				ikigai.services.mailboxes=%1$s
				ikigai.services.cache=%1$s
				ikigai.services.pubsub=%1$s
				ikigai.services.storage=%1$s
				ikigai.services.telemetry=%1$s
				""".formatted(backend);
	}

	private void write(String name, String text) throws IOException {
		Files.writeString(this.working.resolve(name), text);
	}

	private Outcome run(Map<String, String> variables, List<String> options, List<String> arguments)
			throws IOException, InterruptedException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8",
				"-Dlogging.charset.console=UTF-8"));
		command.addAll(options);
		command.addAll(List.of("-cp", this.jar + File.pathSeparator + System.getProperty("java.class.path"),
				PropertyPrintingApplication.class.getName()));
		command.addAll(arguments);
		Path output = this.directory.resolve("output.txt");
		ProcessBuilder builder = new ProcessBuilder(command).directory(this.working.toFile())
			.redirectErrorStream(true)
			.redirectOutput(output.toFile());
		builder.environment().keySet().removeIf((name) -> name.startsWith("IKIGAI") || name.startsWith("SPRING"));
		// It is on the class path for other tests, and would look for its file
		builder.environment().put("SPRING_DOCKER_COMPOSE_ENABLED", "false");
		builder.environment().putAll(variables);
		Process process = builder.start();
		try {
			Waits.end(process);
		}
		finally {
			process.destroyForcibly();
		}
		return new Outcome(process.exitValue(), Files.readString(output));
	}

	private record Outcome(int exitCode, String output) {

		void assertPrints(String... lines) {
			assertThat(this.exitCode).as(this.output).isZero();
			assertThat(this.output.lines()).contains(lines);
		}

		void assertFailsWith(String... texts) {
			assertThat(this.exitCode).as(this.output).isOne();
			assertThat(this.output).contains("APPLICATION FAILED TO START").contains(texts);
		}

	}

}
