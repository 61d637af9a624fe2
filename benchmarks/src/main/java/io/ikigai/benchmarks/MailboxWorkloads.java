package io.ikigai.benchmarks;

import java.util.List;

import io.ikigai.benchmarks.service.MailboxContestants;
import io.ikigai.benchmarks.service.Measured;

/**
 * Mailboxes, in order and one consumer at a time, beside one statement for each message.
 */
final class MailboxWorkloads implements WorkloadGroup {

	@Override
	public String name() {
		return "mailbox";
	}

	@Override
	public void run(BenchmarkRun run) throws Exception {
		try (Services services = new Services(run, "mailbox");
				MailboxContestants mailboxes = new MailboxContestants(services.url(), services.arguments())) {
			for (int callers : new int[] { 1, 8 }) {
				run.measure(
						new Workload("mailbox send, %d caller%s".formatted(callers, (callers > 1) ? "s" : ""),
								"messages/s"),
						List.of(new Measured(Results.OURS, () -> mailboxes.send(callers)),
								new Measured("raw SQL, an insert each", () -> mailboxes.insert(callers))),
						Measured::measure);
			}
			run.measure(new Workload("mailbox drain in order, one listener", "messages/s"),
					List.of(new Measured(Results.OURS, mailboxes::drain),
							new Measured("raw SQL, an update each", mailboxes::markOneByOne)),
					Measured::measure);
		}
	}

}
