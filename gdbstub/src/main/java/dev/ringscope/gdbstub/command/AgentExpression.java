package dev.ringscope.gdbstub.command;

import dev.ringscope.gdbstub.GuestThread;
import dev.ringscope.gdbstub.Register;
import dev.ringscope.gdbstub.RegisterFile;
import java.util.List;

/**
 * One breakpoint condition in gdb's bytecode: a stack machine on 64-bit integers. GDB manual, appendix "The GDB Agent
 * Expression Mechanism". Evaluated here, so that a condition that does not hold costs no round trip.
 */
record AgentExpression(byte[] code) {
    private static final int STACK = 256;
    private static final int MOST_STEPS = 10_000;

    /**
     * The expression has no value: unreadable memory, a division by zero, an operation that isn't supported, no end.
     */
    static final class EvaluationException extends Exception {
        private static final long serialVersionUID = 1L;

        EvaluationException(String why) {
            super(why);
        }
    }

    /** The value in the context of a stopped thread. */
    long evaluate(RegisterView view, GuestThread thread) throws EvaluationException {
        try {
            return new Evaluation(view, thread).run();
        } catch (IndexOutOfBoundsException | ArithmeticException e) {
            throw new EvaluationException("agent expression: " + e.getMessage());
        }
    }

    /** One evaluation under way. Leaving the code, the stack or the registers is an IndexOutOfBoundsException. */
    private final class Evaluation {
        private final List<Register> registers;
        private final Register pc;
        private final RegisterFile registerFile;
        private final GuestThread thread;
        private final long[] stack = new long[STACK];
        private int depth;
        private int position;

        Evaluation(RegisterView view, GuestThread thread) {
            this.registers = view.description().registers();
            this.pc = view.description().pc();
            this.registerFile = view.registers(thread);
            this.thread = thread;
        }

        long run() throws EvaluationException {
            for (int steps = 0; steps < MOST_STEPS; steps++) {
                int number = code[position++] & 0xff;
                AgentOpcode opcode = AgentOpcode.of(number)
                        .orElseThrow(() -> new EvaluationException("no operation 0x" + Integer.toHexString(number)));
                long operand = 0;
                for (int i = 0; i < opcode.operandBytes(); i++) {
                    operand = operand << 8 | code[position++] & 0xff;
                }
                if (opcode == AgentOpcode.END) {
                    return pop();
                }
                execute(opcode, operand);
            }
            throw new EvaluationException("no end after " + MOST_STEPS + " operations");
        }

        private void execute(AgentOpcode opcode, long operand) throws EvaluationException {
            switch (opcode) {
                case ADD,
                        SUB,
                        MUL,
                        DIV_SIGNED,
                        DIV_UNSIGNED,
                        REM_SIGNED,
                        REM_UNSIGNED,
                        LSH,
                        RSH_SIGNED,
                        RSH_UNSIGNED,
                        BIT_AND,
                        BIT_OR,
                        BIT_XOR,
                        EQUAL,
                        LESS_SIGNED,
                        LESS_UNSIGNED -> {
                    long right = pop();
                    push(binary(opcode, pop(), right));
                }
                case LOG_NOT -> push(pop() == 0 ? 1 : 0);
                case BIT_NOT -> push(~pop());
                case EXT -> push(operand == 0 || operand > 63 ? pop() : pop() << 64 - operand >> 64 - operand);
                case ZERO_EXT -> push(operand > 63 ? pop() : pop() & (1L << operand) - 1);
                case REF8 -> push(memory(pop(), 1));
                case REF16 -> push(memory(pop(), 2));
                case REF32 -> push(memory(pop(), 4));
                case REF64 -> push(memory(pop(), 8));
                case IF_GOTO -> position = pop() != 0 ? (int) operand : position;
                case GOTO -> position = (int) operand;
                case CONST8, CONST16, CONST32, CONST64 -> push(operand);
                case REG -> push(register((int) operand));
                case DUP -> push(stack[depth - 1]);
                case POP -> pop();
                case SWAP -> rotate(2);
                case ROT -> rotate(3);
                case PICK -> push(stack[depth - 1 - (int) operand]);
                case TRACE, TRACENZ -> depth -= 2;
                // Tracing collects for tracepoints only; END was handled before.
                case TRACE_QUICK, TRACE16, END -> {}
            }
        }

        private static long binary(AgentOpcode opcode, long left, long right) throws EvaluationException {
            return switch (opcode) {
                case ADD -> left + right;
                case SUB -> left - right;
                case MUL -> left * right;
                case DIV_SIGNED -> left / right;
                case DIV_UNSIGNED -> Long.divideUnsigned(left, right);
                case REM_SIGNED -> left % right;
                case REM_UNSIGNED -> Long.remainderUnsigned(left, right);
                case LSH -> Long.compareUnsigned(right, 63) > 0 ? 0 : left << right;
                case RSH_SIGNED -> left >> (Long.compareUnsigned(right, 63) > 0 ? 63 : right);
                case RSH_UNSIGNED -> Long.compareUnsigned(right, 63) > 0 ? 0 : left >>> right;
                case BIT_AND -> left & right;
                case BIT_OR -> left | right;
                case BIT_XOR -> left ^ right;
                case EQUAL -> left == right ? 1 : 0;
                case LESS_SIGNED -> left < right ? 1 : 0;
                case LESS_UNSIGNED -> Long.compareUnsigned(left, right) < 0 ? 1 : 0;
                default -> throw new EvaluationException(opcode + " is not binary");
            };
        }

        /** Moves the top below the next {@code count - 1} values. */
        private void rotate(int count) {
            long top = stack[depth - 1];
            System.arraycopy(stack, depth - count, stack, depth - count + 1, count - 1);
            stack[depth - count] = top;
        }

        private long memory(long address, int bytes) throws EvaluationException {
            byte[] value = new byte[bytes];
            if (thread.memory().read(address, value, 0, bytes) != bytes) {
                throw new EvaluationException("no memory at 0x" + Long.toHexString(address));
            }
            return pc.decode(value);
        }

        private long register(int number) throws EvaluationException {
            Register register = registers.get(number);
            byte[] value = registerFile.read(register);
            if (value.length == 0) {
                throw new EvaluationException(register.name() + " is not known");
            }
            return register.decode(value);
        }

        private void push(long value) {
            stack[depth++] = value;
        }

        private long pop() {
            return stack[--depth];
        }
    }
}
