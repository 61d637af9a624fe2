package io.ikigai.platform.rabbitmq;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.ikigai.platform.queue.Task;
import io.ikigai.platform.testing.JavaProcess;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.RabbitmqServer;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;

/**
 * A process that claims a task for an hour and does nothing with it.
 */
final class ClaimingProcess extends JavaProcess {

	private ClaimingProcess(List<String> arguments) {
		super(ClaimingProcess.class, arguments, Map.of());
	}

	static ClaimingProcess start(PostgresDatabase database, RabbitmqServer rabbitmq, String queue) {
		return new ClaimingProcess(List.of(queue, "--ikigai.postgres.url=" + database.url(),
				"--ikigai.postgres.username=" + database.username(),
				"--ikigai.postgres.password=" + database.password(), "--ikigai.rabbitmq.url=" + rabbitmq.url(),
				"--ikigai.services.queues=rabbitmq", "--spring.flyway.enabled=false", "--spring.main.banner-mode=off"));
	}

	void awaitClaim() {
		await("claimed");
	}

	public static void main(String[] arguments) throws Exception {
		RabbitmqApplication application = new RabbitmqApplication(
				new SpringApplicationBuilder(RabbitmqApplication.Application.class).web(WebApplicationType.NONE)
					.run(arguments));
		Task task = application.platform().queue(arguments[0]).claim(Duration.ofMinutes(1)).orElseThrow();
		task.extend(Duration.ofHours(1));
		JavaProcess.answer("claimed");
		// Until it is killed
		System.in.read();
	}

}
