package io.ikigai.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

import org.springframework.core.io.ClassPathResource;

/**
 * The teams that are open at one time.
 */
final class QueueTeams implements AutoCloseable {

	private static final String SCHEMA = "io/ikigai/platform/postgres/schema/V1__tasks_and_agents.sql";

	private final BenchmarkRun run;

	private final List<QueueTeam> teams = new ArrayList<>();

	private final Map<String, String> missing = new LinkedHashMap<>();

	private QueueTeams(BenchmarkRun run) {
		this.run = run;
	}

	static QueueTeams open(BenchmarkRun run, List<QueueContestant> contestants, int processes) throws Exception {
		QueueTeams teams = new QueueTeams(run);
		for (QueueContestant contestant : contestants) {
			String missing = contestant.missing();
			if (missing != null) {
				teams.missing.put(contestant.name(), missing);
				continue;
			}
			teams.add(contestant, contestant.name(), processes);
		}
		return teams;
	}

	/**
	 * Opens one more.
	 * @param name what it is called in the results
	 */
	QueueTeam add(QueueContestant contestant, String name, int processes) throws Exception {
		return add(contestant, name, processes, this.run.server()::url);
	}

	/**
	 * Opens one more.
	 * @param name what it is called in the results
	 * @param url how its processes reach a database
	 */
	QueueTeam add(QueueContestant contestant, String name, int processes, UnaryOperator<String> url) throws Exception {
		String database = "team_" + this.teams.size();
		this.run.server().execute("postgres", "CREATE DATABASE " + database);
		if (contestant == QueueContestant.RAW) {
			this.run.server().execute(database, schema());
		}
		List<WorkerProcess> started = new ArrayList<>();
		QueueTeam team = new QueueTeam(this.run.server(), contestant, name, database, started);
		this.teams.add(team);
		for (int i = 0; i < processes; i++) {
			started.add(contestant.start(this.run, url.apply(database)));
		}
		this.run.progress("opened " + name);
		return team;
	}

	private static String schema() throws IOException {
		return new ClassPathResource(SCHEMA).getContentAsString(StandardCharsets.UTF_8);
	}

	/**
	 * Measures a workload with those that take part, and says why others do not.
	 */
	void measure(Workload workload, Predicate<QueueContestant> who, BenchmarkRun.Measurement<QueueTeam> measurement) {
		this.run.measure(workload, this.teams.stream().filter((team) -> who.test(team.contestant())).toList(),
				measurement);
		this.missing.forEach((name, note) -> this.run.note(workload, name, note));
	}

	List<QueueTeam> teams() {
		return this.teams;
	}

	@Override
	public void close() throws Exception {
		for (QueueTeam team : this.teams) {
			team.close();
		}
	}

}
