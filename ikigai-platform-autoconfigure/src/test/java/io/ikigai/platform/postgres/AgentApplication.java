package io.ikigai.platform.postgres;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;

import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.testing.JavaProcess;

/**
 * An agent in a JVM of its own that does what it is told, one command a line on standard
 * input, each in a thread of its own; answers begin with {@code >}. It ends with its
 * standard input. {@link AgentProcess} starts it.
 */
final class AgentApplication {

	private final LocalAgent agent;

	private final CountDownLatch go = new CountDownLatch(1);

	private volatile Task task;

	// Held on to, so that the lease is extended.
	private volatile List<MailboxMessage> messages = List.of();

	private AgentApplication(LocalAgent agent) {
		this.agent = agent;
	}

	/**
	 * Starts the agent.
	 * @param arguments properties of the application
	 */
	public static void main(String[] arguments) throws IOException {
		try (LocalAgent agent = LocalAgent.start(arguments)) {
			AgentApplication application = new AgentApplication(agent);
			tell("ready");
			BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
			for (String line = commands.readLine(); line != null; line = commands.readLine()) {
				String[] words = line.split(" ");
				Thread thread = new Thread(() -> application.obey(words), "command");
				thread.setDaemon(true);
				thread.start();
			}
		}
	}

	static void tell(String answer) {
		JavaProcess.answer(answer);
	}

	private void obey(String[] words) {
		try {
			switch (words[0]) {
				case "claim" -> claim(words[1], Integer.parseInt(words[2]));
				case "receive" -> receive(words[1]);
				case "consume" -> this.agent.bean(ConsumingApplication.Consumer.class).consume(words[1]);
				case "complete" -> complete(() -> {
				});
				case "complete-after-go" -> complete(this::awaitGo);
				case "complete-after-sleep" -> complete(this::sleepInDatabase);
				case "transaction-until-go" -> transaction(words[1], 30, this::awaitGo);
				case "short-transaction-until-go" -> transaction(words[1], 2, this::awaitGo);
				case "transaction-with-sleep" -> transaction(words[1], 30, this::sleepInDatabase);
				case "go" -> this.go.countDown();
				default -> throw new IllegalArgumentException(words[0]);
			}
		}
		catch (RuntimeException ex) {
			tell("refused " + ex.getClass().getSimpleName());
		}
	}

	private void claim(String queue, int leaseSeconds) {
		this.task = this.agent.awaitTask(queue, leaseSeconds);
		tell("claimed " + this.task.id() + " " + this.task.attempt());
	}

	private void receive(String mailbox) {
		this.messages = this.agent.platform().mailbox(mailbox).receive(10);
		tell("received " + this.messages.size());
	}

	private void complete(Runnable inside) {
		this.task.complete(() -> {
			this.agent.recordEffect(this.task.id());
			tell("inside");
			inside.run();
		});
		tell("completed");
	}

	private void transaction(String queue, int leaseSeconds, Runnable inside) {
		this.agent.platform().transaction(() -> {
			Task claimed = this.agent.queue(queue).claim(1, Duration.ofSeconds(leaseSeconds)).get(0);
			UUID id = claimed.id();
			this.agent.recordEffect(id);
			tell("inside");
			inside.run();
			claimed.complete();
		});
		tell("completed");
	}

	private void awaitGo() {
		try {
			this.go.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void sleepInDatabase() {
		this.agent.jdbc().execute("SELECT pg_sleep(60)");
	}

}
