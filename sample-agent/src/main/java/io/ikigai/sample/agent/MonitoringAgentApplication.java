package io.ikigai.sample.agent;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * Starts the agent.
 */
@SpringBootApplication
public class MonitoringAgentApplication {

	/**
	 * Runs until the process is told to end.
	 * @param args properties as {@code --name=value}
	 */
	public static void main(String[] args) {
		SpringApplication.run(MonitoringAgentApplication.class, args);
	}

}
