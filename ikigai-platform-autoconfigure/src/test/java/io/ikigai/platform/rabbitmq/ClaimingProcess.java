package io.ikigai.platform.rabbitmq;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import io.ikigai.platform.queue.Task;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.RabbitmqServer;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;

/**
 * A process that claims a task for an hour and does nothing with it.
 */
final class ClaimingProcess implements AutoCloseable {

	private final Process process;

	private ClaimingProcess(Process process) {
		this.process = process;
	}

	static ClaimingProcess start(PostgresDatabase database, RabbitmqServer rabbitmq, String queue) throws IOException {
		return new ClaimingProcess(new ProcessBuilder(List.of(
				Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-cp",
				System.getProperty("java.class.path"), ClaimingProcess.class.getName(), queue,
				"--ikigai.postgres.url=" + database.url(), "--ikigai.postgres.username=" + database.username(),
				"--ikigai.postgres.password=" + database.password(), "--ikigai.rabbitmq.url=" + rabbitmq.url(),
				"--ikigai.services.queues=rabbitmq", "--spring.flyway.enabled=false", "--spring.main.banner-mode=off"))
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start());
	}

	void awaitClaim() throws IOException {
		BufferedReader output = new BufferedReader(
				new InputStreamReader(this.process.getInputStream(), StandardCharsets.UTF_8));
		for (String line = output.readLine(); !"claimed".equals(line); line = output.readLine()) {
			if (line == null) {
				throw new IllegalStateException("The process has ended");
			}
		}
	}

	void kill() throws InterruptedException {
		this.process.destroyForcibly().waitFor();
	}

	@Override
	public void close() throws InterruptedException {
		kill();
	}

	public static void main(String[] arguments) throws Exception {
		RabbitmqApplication application = new RabbitmqApplication(
				new SpringApplicationBuilder(RabbitmqApplication.Application.class).web(WebApplicationType.NONE)
					.run(arguments));
		Task task = application.platform().queue(arguments[0]).claim(Duration.ofMinutes(1)).orElseThrow();
		task.extend(Duration.ofHours(1));
		System.out.println("claimed");
		// Until it is killed
		System.in.read();
	}

}
