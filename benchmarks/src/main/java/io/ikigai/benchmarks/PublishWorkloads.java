package io.ikigai.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.ikigai.benchmarks.service.Broker;
import io.ikigai.benchmarks.service.Delivery;
import io.ikigai.benchmarks.service.IkigaiBroker;
import io.ikigai.benchmarks.service.Measured;
import io.ikigai.benchmarks.service.NatsBroker;
import io.ikigai.benchmarks.service.NotifyBroker;
import io.ikigai.benchmarks.service.PeerServer;
import io.ikigai.benchmarks.service.RedisBroker;

/**
 * Publish and subscribe: eight publishers outside transactions, subscribers in the same
 * process, from the first call to the last handler. The others keep nothing for a
 * subscriber that is away.
 */
final class PublishWorkloads implements WorkloadGroup {

	private static final int PUBLISHERS = 8;

	private static final String REDIS = "Redis, Lettuce sync";

	private static final String NATS = "NATS core";

	private static final String NOTIFY = "raw NOTIFY, one each";

	@Override
	public String name() {
		return "publish";
	}

	@Override
	public void run(BenchmarkRun run) throws Exception {
		try (Services services = new Services(run, "publish");
				PeerServer redis = PeerServer.present("redis-server") ? PeerServer.redis() : null;
				PeerServer nats = PeerServer.present("nats-server") ? PeerServer.nats() : null) {
			Map<String, Broker> brokers = new LinkedHashMap<>();
			Map<String, String> missing = new LinkedHashMap<>();
			brokers.put(Results.OURS, new IkigaiBroker(services.url(), services.arguments()));
			brokers.put(NOTIFY, new NotifyBroker(services.url()));
			if (redis != null) {
				brokers.put(REDIS, new RedisBroker(redis));
			}
			else {
				missing.put(REDIS, "not run: there is no redis-server on the PATH");
			}
			if (nats != null) {
				brokers.put(NATS, new NatsBroker(nats));
			}
			else {
				missing.put(NATS, "not run: there is no nats-server on the PATH");
			}
			for (int subscribers : new int[] { 1, 10 }) {
				measure(run, brokers, missing, what(subscribers, "100 B"), subscribers, 100);
				Map<String, Broker> large = new LinkedHashMap<>(brokers);
				large.remove(NOTIFY);
				Map<String, String> reasons = new LinkedHashMap<>(missing);
				reasons.put(NOTIFY, "not possible: less than 8000 bytes");
				measure(run, large, reasons, what(subscribers, "100 kB"), subscribers, 100_000);
			}
			for (Broker broker : brokers.values()) {
				broker.close();
			}
		}
	}

	private static String what(int subscribers, String size) {
		return "publish %s, 8 publishers, %d subscriber%s".formatted(size, subscribers, (subscribers > 1) ? "s" : "");
	}

	private static void measure(BenchmarkRun run, Map<String, Broker> brokers, Map<String, String> missing, String what,
			int subscribers, int bytes) {
		Workload workload = new Workload(what, "messages/s");
		List<Measured> contestants = new ArrayList<>();
		brokers.forEach((name, broker) -> contestants.add(new Measured(name, () -> {
			Delivery.perSecond(broker, PUBLISHERS, 1, bytes);
			return Delivery.perSecond(broker, PUBLISHERS, subscribers, bytes);
		})));
		run.measure(workload, contestants, Measured::measure);
		missing.forEach((name, reason) -> run.note(workload, name, reason));
	}

	@Override
	public List<Goal> goals() {
		return List.of(Goal.timesAs(1, what(1, "100 B"), REDIS), Goal.timesAs(1, what(10, "100 B"), REDIS));
	}

}
