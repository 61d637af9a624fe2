package io.ikigai.platform.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import io.ikigai.platform.Platform;
import io.ikigai.platform.testing.JavaProcess;
import io.ikigai.platform.testservers.PostgresDatabase;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The one application of all participants. {@code faults.works} makes it a worker,
 * {@code faults.subscribes} a subscriber; each may produce when it is told to. Commands
 * come on standard input, one a line; {@link Participant} starts it.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class FaultApplication {

	/**
	 * Starts a participant, which ends with its standard input.
	 * @param arguments properties of the application
	 */
	public static void main(String[] arguments) throws IOException {
		ConfigurableApplicationContext context = new SpringApplicationBuilder(FaultApplication.class)
			.web(WebApplicationType.NONE)
			.run(arguments);
		JavaProcess.answer("ready");
		BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		for (String line = commands.readLine(); line != null; line = commands.readLine()) {
			String[] words = line.split(" ");
			Thread thread = new Thread(() -> obey(context, words), "command");
			thread.setDaemon(true);
			thread.start();
		}
		context.close();
	}

	private static void obey(ConfigurableApplicationContext context, String[] words) {
		try {
			switch (words[0]) {
				case "produce" -> JavaProcess
					.answer("produced " + context.getBean(Producer.class).produce(words[1]) + " " + words[1]);
				case "stop" -> context.getBean(Producer.class).stop(words[1]);
				case "health" -> JavaProcess.answer("health " + JsonMapper.shared()
					.writeValueAsString(context.getBean(HealthEndpoint.class).healthForPath("ikigai")));
				case "clock" -> JavaProcess.answer("clock " + System.currentTimeMillis());
				case "report" -> JavaProcess.answer("report " + report(context.getBean(Platform.class)));
				default -> throw new IllegalArgumentException(words[0]);
			}
		}
		catch (RuntimeException | Error ex) {
			JavaProcess.answer("refused " + words[0] + " " + ex);
		}
	}

	private static String report(Platform platform) {
		Map<String, Object> report = new LinkedHashMap<>();
		Consumers.QUEUES.forEach((queue) -> report.put(queue, platform.queue(queue).stats()));
		report.put(Consumers.MAILBOX, platform.mailbox(Consumers.MAILBOX).unread());
		return JsonMapper.shared().writeValueAsString(report);
	}

	@Bean
	Ledger ledger(Environment environment) {
		return new Ledger(
				new PostgresDatabase(environment.getRequiredProperty("faults.ledger.url"),
						environment.getRequiredProperty("faults.ledger.username"),
						environment.getRequiredProperty("faults.ledger.password")),
				environment.getRequiredProperty("ikigai.agent.name") + "-" + ProcessHandle.current().pid());
	}

	@Bean
	Consumers consumers(Ledger ledger, JdbcTemplate jdbc, Environment environment) {
		return new Consumers(ledger, jdbc, environment.getProperty("faults.work", Duration.class, Duration.ZERO));
	}

	@Bean
	@ConditionalOnProperty("faults.works")
	HandClaims handClaims(Platform platform, Consumers consumers) {
		return new HandClaims(platform, consumers);
	}

	@Bean
	Producer producer(Platform platform, Ledger ledger) {
		return new Producer(platform, ledger);
	}

}
