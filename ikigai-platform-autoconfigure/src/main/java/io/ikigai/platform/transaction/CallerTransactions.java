package io.ikigai.platform.transaction;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.lang.reflect.UndeclaredThrowableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.core.InfrastructureProxy;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.ClassUtils;

/**
 * The transactions of the platform's database as calls of the platform meet them. A call
 * joins a transaction that is running. After its commit or rollback, and in the
 * transaction of another database, the platform's work gets a connection and a
 * transaction of its own. Safe for use by several threads.
 */
public final class CallerTransactions implements AutoCloseable {

	private final PlatformTransactionManager manager;

	private final DataSource key;

	private final TransactionWatch watch;

	private final SpareConnections spare;

	/** For threads to which a connection of the pool is bound. */
	private final TransactionTemplate beside;

	private final TransactionTemplate fromPool;

	/**
	 * Creates them. The manager tells of its transactions from now on.
	 * @param dataSource the pool; statements outside a transaction commit by themselves
	 * @param direct what opens connections past the pool, or the pool
	 * @param manager the manager that begins the platform's transactions
	 */
	public CallerTransactions(DataSource dataSource, DataSource direct, PlatformTransactionManager manager) {
		this.manager = manager;
		this.key = (dataSource instanceof InfrastructureProxy proxy
				&& proxy.getWrappedObject() instanceof DataSource of) ? of : dataSource;
		this.watch = new TransactionWatch(this.key);
		this.spare = new SpareConnections(dataSource, this.key, direct);
		this.beside = template(this.spare);
		this.fromPool = template(dataSource);
		watch(manager);
	}

	private TransactionTemplate template(DataSource connections) {
		PlatformTransactionManager own = new JdbcTransactionManager(connections);
		watch(own);
		return new TransactionTemplate(own);
	}

	/**
	 * Makes a manager tell of its transactions.
	 * @param manager a manager of the platform's database, or of something else
	 */
	public void watch(PlatformTransactionManager manager) {
		Object target = AopProxyUtils.getSingletonTarget(manager);
		if (((target != null) ? target : manager) instanceof ConfigurableTransactionManager configurable) {
			// Another collection, for transactions of other threads may be telling
			Collection<TransactionExecutionListener> present = configurable.getTransactionExecutionListeners();
			List<TransactionExecutionListener> listeners = new ArrayList<>(present);
			listeners.add(this.watch.listener(manager));
			configurable.setTransactionExecutionListeners(listeners);
		}
	}

	/**
	 * Returns the manager that begins the platform's transactions.
	 * @return the manager
	 */
	public PlatformTransactionManager manager() {
		return this.manager;
	}

	/**
	 * Returns what the calling thread's transaction is.
	 * @return the phase
	 */
	public TransactionPhase phase() {
		return this.watch.phase();
	}

	/**
	 * Tells whether a transaction of the platform's database is running that takes work
	 * and tells of its end.
	 * @return whether one is
	 */
	public boolean running() {
		ThreadTransaction current = this.watch.current();
		return current != null && current.running() && current.tellsItsEnd();
	}

	/**
	 * Runs work of the application in the running transaction, else in a new one.
	 * @param work the work
	 * @param <T> what it returns
	 * @return what the work returned
	 */
	public <T extends @Nullable Object> T run(Supplier<T> work) {
		return switch (phase()) {
			case RUNNING -> joined().execute((status) -> work.get());
			case ENDED -> unbound(() -> {
				TransactionTemplate template = new TransactionTemplate(this.manager);
				template.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
				return template.execute((status) -> work.get());
			});
			default -> new TransactionTemplate(this.manager).execute((status) -> work.get());
		};
	}

	// By the manager that began it: JDBC's would commit a transaction of JPA's.
	private TransactionTemplate joined() {
		ThreadTransaction current = this.watch.current();
		PlatformTransactionManager began = (current != null) ? current.manager() : null;
		return new TransactionTemplate((began != null) ? began : this.manager);
	}

	/**
	 * Returns the transactions of the stores: each joins the running one.
	 * @return the transactions
	 */
	public TransactionOperations ofStores() {
		return new TransactionOperations() {
			@Override
			public <T extends @Nullable Object> T execute(TransactionCallback<T> action) {
				return (phase() == TransactionPhase.RUNNING) ? joined().execute(action) : apart(action);
			}
		};
	}

	private <T extends @Nullable Object> T apart(TransactionCallback<T> action) {
		if (phase() == TransactionPhase.ENDED) {
			return unbound(() -> this.beside.execute(action));
		}
		return (TransactionSynchronizationManager.hasResource(this.key) ? this.beside : this.fromPool).execute(action);
	}

	/**
	 * Runs work while the connection of the ended transaction is not bound to the thread,
	 * for Spring would join it or use it again.
	 */
	private <T extends @Nullable Object> T unbound(Supplier<T> work) {
		Object ended = TransactionSynchronizationManager.unbindResource(this.key);
		try {
			return work.get();
		}
		finally {
			TransactionSynchronizationManager.bindResource(this.key, ended);
		}
	}

	/**
	 * Gives each call of a store its place: within the running transaction, by itself
	 * outside transactions, and else in a transaction of its own.
	 * @param store the store
	 * @param <T> its type
	 * @return the store, with the same interfaces
	 */
	@SuppressWarnings("unchecked")
	public <T> T guard(T store) {
		return (T) Proxy.newProxyInstance(store.getClass().getClassLoader(), ClassUtils.getAllInterfaces(store),
				new Guarded(this, store));
	}

	/**
	 * Does work that may fail without spoiling the running transaction, if there is one:
	 * its statements are undone to a savepoint then, and the transaction can go on.
	 * @param work the work
	 * @param <T> what it returns
	 * @return what the work returned
	 */
	public <T> T guarded(Supplier<T> work) {
		if (!running()
				|| !(TransactionSynchronizationManager.getResource(this.key) instanceof ConnectionHolder holder)) {
			return work.get();
		}
		Connection connection = holder.getConnection();
		Savepoint savepoint = savepoint(connection);
		T result;
		try {
			result = work.get();
		}
		catch (RuntimeException ex) {
			try {
				connection.rollback(savepoint);
			}
			catch (SQLException undoing) {
				ex.addSuppressed(undoing);
			}
			throw ex;
		}
		try {
			connection.releaseSavepoint(savepoint);
		}
		catch (SQLException ex) {
			throw new DataAccessResourceFailureException("Could not release a savepoint", ex);
		}
		return result;
	}

	private static Savepoint savepoint(Connection connection) {
		try {
			return connection.setSavepoint();
		}
		catch (SQLException ex) {
			throw new DataAccessResourceFailureException("Could not set a savepoint", ex);
		}
	}

	/**
	 * Returns what belongs to the running transaction.
	 * @param key whose it is
	 * @param first makes it, once for each transaction
	 * @param <T> its type
	 * @return the same for all calls in a transaction
	 */
	public <T> T part(Object key, Supplier<T> first) {
		return current().part(key, first);
	}

	private ThreadTransaction current() {
		ThreadTransaction current = this.watch.current();
		if (current == null || !current.running()) {
			throw new IllegalStateException("No transaction is running");
		}
		return current;
	}

	/**
	 * Has something called as a synchronization of the running transaction is, before
	 * those of the application. {@code TransactionSynchronizationManager} may hold those
	 * of another database's transaction.
	 * @param synchronization gets the savepoints, {@code afterCommit} and
	 * {@code afterCompletion}
	 */
	public void register(TransactionSynchronization synchronization) {
		current().register(synchronization);
	}

	/**
	 * Marks the running transaction for rollback, by joining and failing it: what works
	 * with every transaction manager.
	 */
	public void markForRollback() {
		if (running()) {
			joined().executeWithoutResult(TransactionStatus::setRollbackOnly);
		}
	}

	/**
	 * Tells how what was just written ended: with the running transaction, or before it
	 * by a rollback to an earlier savepoint.
	 * @param ended gets the ending
	 */
	public void whenEnded(Consumer<Ending> ended) {
		register(new Ends(ended));
	}

	/**
	 * Closes connections that were not used for a while.
	 */
	public void closeIdle() {
		this.spare.closeIdle();
	}

	@Override
	public void close() {
		this.spare.close();
	}

	/**
	 * Calls a store in the place that the calling thread's transaction gives it.
	 *
	 * @param transactions where the calls belong
	 * @param store the store
	 */
	private record Guarded(CallerTransactions transactions, Object store) implements InvocationHandler {

		// A method of a store may return null
		@Override
		@SuppressWarnings("NullAway")
		public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
				throws Throwable {
			TransactionPhase phase = this.transactions.phase();
			if (method.getDeclaringClass() == Object.class || phase == TransactionPhase.NONE
					|| phase == TransactionPhase.RUNNING) {
				return call(method, arguments);
			}
			try {
				return this.transactions.<@Nullable Object>apart((status) -> {
					try {
						return call(method, arguments);
					}
					catch (RuntimeException | Error ex) {
						throw ex;
					}
					catch (Throwable ex) {
						throw new UndeclaredThrowableException(ex);
					}
				});
			}
			catch (UndeclaredThrowableException ex) {
				throw ex.getUndeclaredThrowable();
			}
		}

		private @Nullable Object call(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
			try {
				return method.invoke(this.store, arguments);
			}
			catch (InvocationTargetException ex) {
				throw ex.getTargetException();
			}
		}

	}

	private static final class Ends implements TransactionSynchronization {

		private final Consumer<Ending> ended;

		private final Set<Object> laterSavepoints = new HashSet<>();

		private boolean undone;

		Ends(Consumer<Ending> ended) {
			this.ended = ended;
		}

		@Override
		public void savepoint(Object savepoint) {
			this.laterSavepoints.add(savepoint);
		}

		@Override
		public void savepointRollback(Object savepoint) {
			if (!this.undone && !this.laterSavepoints.contains(savepoint)) {
				this.undone = true;
				this.ended.accept(Ending.ROLLED_BACK);
			}
		}

		@Override
		public void afterCompletion(int status) {
			if (!this.undone) {
				this.ended.accept(switch (status) {
					case STATUS_COMMITTED -> Ending.COMMITTED;
					case STATUS_ROLLED_BACK -> Ending.ROLLED_BACK;
					default -> Ending.UNKNOWN;
				});
			}
		}

	}

}
