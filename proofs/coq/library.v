(* What the proofs share: sums, inner products, means, logarithms. *)

From Coq Require Import Reals Lra Lia Psatz.
From Lemmas Require Import prelude.

Open Scope R_scope.

(* --- sums ---------------------------------------------------------------------------------------------------------- *)

Lemma total_same n a b : (forall t, (t < n)%nat -> a t = b t) -> total n a = total n b.
Proof. induction n; simpl; intros H; [reflexivity | rewrite IHn, H; auto]. Qed.

Lemma total_plus n a b : total n (fun t => a t + b t) = total n a + total n b.
Proof. induction n; simpl; [ring | rewrite IHn; ring]. Qed.

Lemma total_scale n c a : total n (fun t => c * a t) = c * total n a.
Proof. induction n; simpl; [ring | rewrite IHn; ring]. Qed.

Lemma total_nonnegative n a : (forall t, 0 <= a t) -> 0 <= total n a.
Proof. intros H; induction n; simpl; [lra | specialize (H n); lra]. Qed.

(* --- inner products ------------------------------------------------------------------------------------------------ *)

Lemma inner_symmetric d a b : inner d a b = inner d b a.
Proof. apply total_same; intros; ring. Qed.

Lemma inner_plus_left d a b c : inner d (vplus a b) c = inner d a c + inner d b c.
Proof. unfold inner, vplus. rewrite <- total_plus. apply total_same; intros; ring. Qed.

Lemma inner_plus_right d a b c : inner d c (vplus a b) = inner d c a + inner d c b.
Proof. rewrite inner_symmetric, inner_plus_left, !(inner_symmetric d c). reflexivity. Qed.

Lemma inner_scale_left d k a b : inner d (vscale k a) b = k * inner d a b.
Proof. unfold inner, vscale. rewrite <- total_scale. apply total_same; intros; ring. Qed.

Lemma inner_scale_right d k a b : inner d b (vscale k a) = k * inner d b a.
Proof. rewrite inner_symmetric, inner_scale_left, (inner_symmetric d b). reflexivity. Qed.

Lemma inner_nonnegative d a : 0 <= inner d a a.
Proof. apply total_nonnegative. intros; nra. Qed.

Ltac expand := rewrite ?inner_plus_left, ?inner_plus_right, ?inner_scale_left, ?inner_scale_right.
Ltac expand_in H :=
  repeat (rewrite ?inner_plus_left, ?inner_plus_right, ?inner_scale_left, ?inner_scale_right in H).

(* --- means --------------------------------------------------------------------------------------------------------- *)

Definition has {S} (P : law S) (f : S -> R) (m : R) := integrable P f /\ mean P f = m.

Section Means.
Context {S : Type} (P : law S).

Lemma mean_same f g : (forall u, f u = g u) -> integrable P f -> mean P f = mean P g.
Proof.
  intros H I. pose proof (integrable_same S P f g H I) as J.
  apply Rle_antisym; apply mean_monotone; auto; intros u; rewrite H; lra.
Qed.

Lemma has_same f g m : (forall u, f u = g u) -> has P f m -> has P g m.
Proof.
  intros H [I E]. split; [exact (integrable_same S P f g H I) | rewrite <- E; symmetry; apply mean_same; auto].
Qed.

Lemma has_constant c : has P (fun _ => c) c.
Proof. split; [apply integrable_constant | apply mean_constant]. Qed.

Lemma has_linear c f g m n : has P f m -> has P g n -> has P (fun u => c * f u + g u) (c * m + n).
Proof.
  intros [I E] [J F]. split; [apply integrable_linear; auto | rewrite mean_linear, E, F; auto].
Qed.

Lemma has_plus f g m n : has P f m -> has P g n -> has P (fun u => f u + g u) (m + n).
Proof.
  intros A B. replace (m + n) with (1 * m + n) by ring.
  apply (has_same (fun u => 1 * f u + g u)); [intros; ring | apply has_linear; auto].
Qed.

Lemma has_scale c f m : has P f m -> has P (fun u => c * f u) (c * m).
Proof.
  intros A. replace (c * m) with (c * m + 0) by ring.
  apply (has_same (fun u => c * f u + 0)); [intros; ring | apply has_linear; auto using has_constant].
Qed.

Lemma has_minus f g m n : has P f m -> has P g n -> has P (fun u => f u - g u) (m - n).
Proof.
  intros A B. replace (m - n) with (-1 * n + m) by ring.
  apply (has_same (fun u => -1 * g u + f u)); [intros; ring | apply has_linear; auto].
Qed.

Lemma has_below f g m n : has P f m -> has P g n -> (forall u, f u <= g u) -> m <= n.
Proof. intros [I E] [J F] H. rewrite <- E, <- F. apply mean_monotone; auto. Qed.

Lemma has_total n (a : nat -> S -> R) (m : nat -> R) :
  (forall t, (t < n)%nat -> has P (a t) (m t)) -> has P (fun u => total n (fun t => a t u)) (total n m).
Proof. induction n; simpl; intros H; [apply has_constant | apply has_plus; auto]. Qed.

End Means.

(* --- numbers ------------------------------------------------------------------------------------------------------- *)

Lemma from_dimension d : (1 <= d)%nat -> 0 < INR d.
Proof. intros; apply lt_0_INR; lia. Qed.

Lemma ln_tangent y : 0 < y -> ln y <= y - 1.
Proof.
  intros H. apply Rnot_lt_le. intros C. apply exp_increasing in C. rewrite exp_ln in C by auto.
  pose proof (exp_ineq1_le (y - 1)); lra.
Qed.

Lemma ln_over a b : 0 < a -> 0 < b -> ln (a / b) = ln a - ln b.
Proof. intros. unfold Rdiv. rewrite ln_mult, ln_Rinv by auto using Rinv_0_lt_compat. ring. Qed.

Lemma by_squares a b : 0 <= b -> a ^ 2 <= b ^ 2 -> a <= b.
Proof.
  intros H S. apply Rnot_lt_le. intros C.
  assert (0 < (a - b) * (a + b)) by (apply Rmult_lt_0_compat; lra). lra.
Qed.

Lemma power_positive x y : 0 < x -> 0 < power x y.
Proof. intros. unfold power, Rpower. destruct Rlt_dec; [apply exp_pos | lra]. Qed.
