package io.ikigai.sample.webapp;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.scheduling.annotation.EnableScheduling;

/**
 * Starts the console.
 */
@SpringBootApplication
@EnableScheduling
public class ConsoleApplication {

	/**
	 * The queue of the monitoring agent, for the demo's first check.
	 */
	static final String QUEUE = "monitoring-tasks";

	/**
	 * Runs until the process is told to end.
	 * @param args properties as {@code --name=value}
	 */
	public static void main(String[] args) {
		SpringApplication.run(ConsoleApplication.class, args);
	}

}
