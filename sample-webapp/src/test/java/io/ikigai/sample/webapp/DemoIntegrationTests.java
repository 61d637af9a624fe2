package io.ikigai.sample.webapp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.ikigai.platform.testing.Waits;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code ./demo} as a person starts it, with the jars of this build, an embedded
 * PostgreSQL in a directory of its own, and free ports.
 */
class DemoIntegrationTests {

	private static final Path SCRIPT = Path.of("..", "demo").toAbsolutePath().normalize();

	private static final Pattern DATABASE = Pattern.compile("postgresql://([^:]+):([^@]+)@(.+)");

	@TempDir
	private Path directory;

	private ProcessBuilder command;

	private Process demo;

	private List<ProcessHandle> started = List.of();

	@BeforeEach
	void prepare() throws IOException {
		this.command = new ProcessBuilder(SCRIPT.toString()).directory(this.directory.toFile());
		this.command.redirectErrorStream(true).redirectOutput(output().toFile());
		this.command.environment().put("DEMO_BUILD", "no");
		this.command.environment().put("DEMO_DIR", this.directory.resolve("demo").toString());
		this.command.environment().put("SERVER_PORT", String.valueOf(freePort()));
		this.command.environment().put("IKIGAI_POSTGRES_EMBEDDED_PORT", String.valueOf(freePort()));
		this.command.environment()
			.put("IKIGAI_POSTGRES_EMBEDDED_DIRECTORY", this.directory.resolve("postgres").toString());
	}

	@AfterEach
	void leaveNothing() throws InterruptedException {
		if (this.demo != null) {
			List<ProcessHandle> children = this.demo.descendants().toList();
			// First, for it starts agents again
			this.demo.destroyForcibly().waitFor();
			children.forEach(ProcessHandle::destroyForcibly);
		}
		this.started.forEach(ProcessHandle::destroyForcibly);
	}

	@Test
	void showsAFinishedCheckAndStopsCleanly() throws Exception {
		start();
		URI console = URI.create(printed("console: (http://127.0.0.1:[0-9]+/)"));
		String database = printed("database: (postgresql://.*)");
		assertThat(console.getPort()).isEqualTo(Integer.parseInt(this.command.environment().get("SERVER_PORT")));

		Waits.await().untilAsserted(() -> assertThat(page(console)).contains("data-state=\"COMPLETED\""));
		assertThat(client(console).get("/collection?name=site-checks").body()).contains("state: up")
			.contains("status: 200");
		assertThat(urlInDatabase(database)).isEqualTo(console.toString());

		stop("INT", "INT", "TERM");
		assertThat(this.demo.exitValue()).isZero();
		assertNothingRuns();
	}

	@Test
	void startsAgainAfterEverythingWasKilled() throws Exception {
		start();
		this.started.forEach(ProcessHandle::destroyForcibly);
		Waits.end(this.demo);
		start();
		URI console = URI.create(printed("console: (http://127.0.0.1:[0-9]+/)"));
		Waits.await().untilAsserted(() -> assertThat(page(console)).contains("data-state=\"COMPLETED\""));
		stop("TERM");
		assertNothingRuns();
	}

	@Test
	void startsAnAgentAgainThatWasKilledAmongSeveral() throws Exception {
		this.command.command().addAll(List.of("--agents", "2", "--traffic"));
		start();
		List<ProcessHandle> agents = agents();
		assertThat(agents).hasSize(2);
		URI console = URI.create(printed("console: (http://127.0.0.1:[0-9]+/)"));
		Waits.await()
			.untilAsserted(() -> assertThat(client(console).get("/queue?name=site-crawls").body())
				.containsAnyOf("data-state=\"CLAIMED\"", "data-state=\"COMPLETED\""));
		agents.get(1).destroyForcibly();
		Waits.await().untilAsserted(() -> assertThat(read(output())).contains("has ended, and is started again"));
		Waits.await().untilAsserted(() -> assertThat(agents()).hasSize(2));
		killPostgres();
		UUID sent = UUID.randomUUID();
		Waits.await().untilAsserted(() -> {
			client(console).post("/queue/enqueue", Map.of("name", "monitoring-tasks", "payloads", console + "?" + sent,
					"priority", "9", "delay", "0"));
			assertThat(client(console).get("/queue?name=monitoring-tasks&q=" + sent).body())
				.contains("data-state=\"COMPLETED\"");
		});
		stop("TERM");
		assertNothingRuns();
	}

	/**
	 * The server's main process, which is no child of one of its own.
	 */
	private void killPostgres() {
		List<ProcessHandle> main = processes().stream()
			.filter((process) -> isPostgres(process) && process.parent().filter(this::isPostgres).isEmpty())
			.toList();
		assertThat(main).hasSize(1);
		main.get(0).destroyForcibly();
	}

	private boolean isPostgres(ProcessHandle process) {
		return process.info().command().filter((command) -> command.startsWith(this.directory.toString())).isPresent();
	}

	private List<ProcessHandle> agents() {
		return this.demo.children()
			.filter(DemoIntegrationTests::runs)
			.filter((process) -> process.info()
				.arguments()
				.filter((arguments) -> Arrays.toString(arguments).contains("sample-agent"))
				.isPresent())
			.toList();
	}

	@Test
	void tellsWhyItDoesNotStart() throws Exception {
		Files.writeString(this.directory.resolve("ikigai.conf"), "[services]\nqueues = papyrus\n");
		this.demo = this.command.start();
		assertThat(Waits.end(this.demo)).isEqualTo(1);
		assertThat(Files.readString(output())).contains("papyrus").contains("ikigai.conf");
		assertNothingRuns();
	}

	private void start() throws IOException {
		this.demo = this.command.start();
		Waits.await().until(() -> {
			assertThat(this.demo.isAlive()).as(() -> read(output())).isTrue();
			return read(output()).contains("database: ");
		});
		this.started = processes();
	}

	/**
	 * The script, the two applications, and the PostgreSQL, which is nobody's child.
	 */
	private List<ProcessHandle> processes() {
		return ProcessHandle.allProcesses().filter(this::belongsHere).toList();
	}

	private boolean belongsHere(ProcessHandle process) {
		return isPostgres(process) || this.demo.toHandle().equals(process)
				|| process.parent().filter(this.demo.toHandle()::equals).isPresent()
				|| process.info()
					.arguments()
					.filter((arguments) -> Arrays.toString(arguments).contains(this.directory.toString()))
					.isPresent();
	}

	private void stop(String... signals) throws Exception {
		for (String signal : signals) {
			new ProcessBuilder("kill", "-" + signal, String.valueOf(this.demo.pid())).inheritIO().start().waitFor();
		}
		Waits.end(this.demo);
	}

	private void assertNothingRuns() {
		assertThat(this.started).noneMatch(DemoIntegrationTests::runs);
		assertThat(processes()).noneMatch(DemoIntegrationTests::runs);
	}

	/**
	 * A process that has ended, and whose parent has not asked how, is still listed as
	 * alive, but without a command.
	 */
	private static boolean runs(ProcessHandle process) {
		return process.isAlive() && process.info().command().isPresent();
	}

	private String page(URI console) throws IOException, InterruptedException {
		return client(console).get("/queue?name=monitoring-tasks").body();
	}

	private ConsoleClient client(URI console) throws IOException, InterruptedException {
		return new ConsoleClient(console).login("operator", printed("login: operator (.+)"));
	}

	private static String urlInDatabase(String database) throws Exception {
		Matcher parts = DATABASE.matcher(database);
		assertThat(parts.matches()).as(database).isTrue();
		try (Connection connection = DriverManager.getConnection("jdbc:postgresql://" + parts.group(3), parts.group(1),
				parts.group(2));
				Statement statement = connection.createStatement();
				ResultSet rows = statement.executeQuery("SELECT value ->> 'url' FROM ikigai_document "
						+ "WHERE collection = 'site-checks' AND value ->> 'state' = 'up'")) {
			rows.next();
			return rows.getString(1);
		}
	}

	private String printed(String pattern) {
		Matcher line = Pattern.compile("^" + pattern + "$", Pattern.MULTILINE).matcher(read(output()));
		assertThat(line.find()).as(() -> read(output())).isTrue();
		return line.group(1);
	}

	private Path output() {
		return this.directory.resolve("output");
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

}
